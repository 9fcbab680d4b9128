using Vmm.Core.Boot;
using Vmm.Core.Memory;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Host.Running;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Attestation.EventLog;
using Vmm.Tdx.Attestation.Measurement;
using Vmm.Tdx.Firmware;
using Vmm.Tdx.Firmware.Shim;

namespace Vmm.Host.Measuring;

/// <summary>Says what a TD will be measured as, by loading it as a launch does, into memory that nothing runs on.</summary>
/// <remarks>Needs nothing of the host but the files that are measured, and no operating system in particular.</remarks>
internal static class LaunchPrediction
{
    private const int LargestFirmware = 64 << 20;

    /// <summary>Measures the direct boot of a machine.</summary>
    /// <exception cref="UserErrorException">The machine is no TD.</exception>
    internal static async Task<MeasurementLog> OfAsync(MachineConfig config)
    {
        if (config.Guest != GuestKind.Td)
        {
            throw new UserErrorException(ExitCode.BadData, "guest \"ordinary\": only TDs are measured");
        }

        bool isHardware = config.Backend == BackendKind.Tdx || config.Firmware is not null;
        var plan = MachinePlan.Create(isHardware ? config with { Backend = BackendKind.Tdx } : config);
        LinuxBootOptions options = await DryRun.DescribeDevicesAsync(plan, devices => BootOptions.Of(config, devices));
        using GuestMemory memory = GuestMemory.CreateForLoading(plan.Memory);
        TdIdentity identity = TdParameters.Identity(config.Td);
        if (plan.Firmware is { } firmware)
        {
            return MeasurementLog.Of(identity, FirmwareFile.Load(config, firmware, memory, options).ToLaunch(memory), []);
        }

        Task<LaunchFileDigests> files = Task.Run(() => LaunchFiles.Hash(config));
        BootedKernel kernel = LinuxBoot.Load(memory, options);
        IReadOnlyList<CcEvent> events = LaunchEvents.Of(kernel, memory, await files, config.Cmdline);
        return MeasurementLog.Of(identity, isHardware ? OfHardware(memory, kernel, events) : LaunchSections.Of(kernel, memory), events);
    }

    private static IReadOnlyList<LaunchSection> OfHardware(GuestMemory memory, BootedKernel kernel, IReadOnlyList<CcEvent> events)
    {
        EventLogArea.Write(events, memory);
        return DirectBoot.Complete(memory, kernel, events).ToLaunch(memory);
    }

    /// <summary>Measures a TDVF image. Its RTMRs are zero: the firmware itself extends them.</summary>
    /// <exception cref="UserErrorException">It is no TDVF image.</exception>
    internal static MeasurementLog OfFirmware(string path)
    {
        try
        {
            var image = TdvfImage.Parse(InputFile.ReadAll(path, "firmware", LargestFirmware));
            return MeasurementLog.Of(TdParameters.Identity(new TdConfig()), image.ToLaunch(), []);
        }
        catch (TdvfException e)
        {
            throw new UserErrorException(ExitCode.BadData, $"{path}: no TDVF image: {e.Message}");
        }
    }
}
