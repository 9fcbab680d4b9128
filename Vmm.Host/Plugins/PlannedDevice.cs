using System.Reflection;
using System.Runtime.ExceptionServices;
using Vmm.Core.Buses;
using Vmm.Host.Errors;

namespace Vmm.Host.Plugins;

/// <summary>A device that a configuration asks for, with its options read.</summary>
/// <param name="Model">What it is.</param>
/// <param name="Name">Instance name.</param>
/// <param name="Options">An instance of the model's options type, or null.</param>
public sealed record PlannedDevice(DeviceModel Model, string Name, object? Options)
{
    /// <summary>Creates the device: the constructor gets its name, its options and whatever services it asks for.</summary>
    /// <param name="services">The machine's services.</param>
    public Device Create(IServiceProvider services)
    {
        object?[] arguments = [.. Model.Constructor.GetParameters().Select(parameter => Argument(parameter, services))];
        try
        {
            return (Device)Model.Constructor.Invoke(arguments);
        }
        catch (TargetInvocationException e) when (e.InnerException is ArgumentException mistake)
        {
            // Options that are right one by one and that the device still cannot take: the first line says why.
            string reason = mistake.Message.Split('\n')[0].Split(" (Parameter")[0];
            throw new UserErrorException(ExitCode.BadData, $"device \"{Name}\" (type \"{Model.Type}\") cannot take its options: {reason}");
        }
        catch (TargetInvocationException e) when (e.InnerException is { } reason)
        {
            ExceptionDispatchInfo.Throw(reason);
            throw;
        }
    }

    private object? Argument(ParameterInfo parameter, IServiceProvider services) =>
        parameter.ParameterType == typeof(string) ? Name
        : parameter.ParameterType == Model.Options ? Options
        : services.GetService(parameter.ParameterType)
            ?? throw new InvalidOperationException($"device type \"{Model.Type}\" asks for a {parameter.ParameterType.Name}, which no machine has");
}
