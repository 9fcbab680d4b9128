using Vmm.Core.Kvm;
using Vmm.Core.Memory;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Host.Doctor;
using Vmm.Host.Errors;
using Vmm.Host.Plugins;
using Vmm.Tdx.Firmware;
using Vmm.Tdx.Firmware.Shim;
using Vmm.Tdx.Policies;

namespace Vmm.Host.Running;

/// <summary>A machine that is known to be possible: every file and every option has been read and found right.</summary>
/// <param name="Config">The definition.</param>
/// <param name="Devices">The devices with their options.</param>
/// <param name="Policy">Who answers CPUID and MSR accesses.</param>
public sealed record MachinePlan(MachineConfig Config, IReadOnlyList<PlannedDevice> Devices, Policy Policy)
{
    /// <summary>Whether it is a TD on TDX hardware; <see cref="BackendChoice"/> decides where the definition leaves it open.</summary>
    public bool IsHardwareTd => Config is { Guest: GuestKind.Td, Backend: BackendKind.Tdx };

    /// <summary>The firmware, if the definition names some.</summary>
    public TdvfImage? Firmware { get; init; }

    /// <summary>The memory of the machine: its RAM, and on TDX hardware what it starts in.</summary>
    internal IReadOnlyList<MemoryRange> Memory => IsHardwareTd
        ? [.. MachineServices.Ram(Config).Append(Firmware is null ? BootShim.Range : TdvfBoot.FirmwareRange(Firmware, MachineServices.Ram(Config))).OrderBy(range => range.Gpa)]
        : MachineServices.Ram(Config);

    /// <summary>Checks a definition and all it names.</summary>
    /// <exception cref="UserErrorException">Something in it cannot be.</exception>
    /// <exception cref="PolicyException">The policy file is wrong.</exception>
    public static MachinePlan Create(MachineConfig config)
    {
        IReadOnlyList<PlannedDevice> devices = DeviceCatalog.With(config.Plugins).Plan(config.Devices);
        return new MachinePlan(config, devices, config.Policy is { } file ? Policy.Load(file) : Policy.Default) { Firmware = FirmwareFile.Read(config) };
    }

    /// <summary>Checks what only the host can say.</summary>
    /// <exception cref="UserErrorException">The host has less than the machine asks for.</exception>
    public void CheckHost(KvmSystem kvm, HostFiles files)
    {
        if (files.ReadMemory("MemTotal") is { } total && Config.Memory.Bytes > total)
        {
            const int MebiShift = 20;
            throw new UserErrorException(
                ExitCode.OperatingSystem, $"memory: the machine asks for {Config.Memory} and this host has {total >> MebiShift} MiB; ask for less");
        }

        int most = kvm.CheckExtension(KvmCap.MaxVcpus);
        if (Config.Cpus > most)
        {
            throw new UserErrorException(ExitCode.HostCannot, $"cpus: the machine asks for {Config.Cpus} vCPUs and KVM on this host offers at most {most}");
        }
    }
}
