using System.Reflection;
using System.Runtime.ExceptionServices;
using Vmm.Core.Buses;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;

namespace Vmm.Host.Plugins;

/// <summary>A device that a configuration asks for, with its options read.</summary>
/// <param name="Model">What it is.</param>
/// <param name="Name">Instance name.</param>
/// <param name="Options">An instance of the model's options type, or null.</param>
public sealed record PlannedDevice(DeviceModel Model, string Name, object? Options)
{
    /// <summary>What follows when it throws while it serves the guest; null for what holds for the machine.</summary>
    public FaultAction? OnFault { get; init; }

    /// <summary>Creates the device: the constructor gets its name, its options and whatever services it asks for.</summary>
    /// <param name="services">The machine's services.</param>
    /// <exception cref="UserErrorException">It cannot take its options, or it is a plugin's and throws.</exception>
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
            throw new UserErrorException(ExitCode.BadData, $"{Description} cannot take its options: {reason}");
        }
        catch (TargetInvocationException e) when (Model.Plugin is not null && e.InnerException is not (null or UserErrorException))
        {
            throw new UserErrorException(ExitCode.DeviceFailed, $"{Description} cannot be created: {e.InnerException.GetType().Name}: {e.InnerException.Message}");
        }
        catch (TargetInvocationException e) when (e.InnerException is { } reason)
        {
            ExceptionDispatchInfo.Throw(reason);
            throw;
        }
    }

    private string Description => $"{Model.MessagePrefix}device \"{Name}\" (type \"{Model.Type}\")";

    private object? Argument(ParameterInfo parameter, IServiceProvider services) =>
        parameter.ParameterType == typeof(string) ? Name
        : parameter.ParameterType == Model.Options ? Options
        : services.GetService(parameter.ParameterType)
            ?? throw new UserErrorException(ExitCode.BadData, $"{Description} asks for a service that no machine has: {parameter.ParameterType.FullName}");
}
