using Vmm.Tdx.Module;

namespace Vmm.Host.Configuration;

/// <summary>The definition of one machine. Its properties are the keys of a configuration file, in camel case.</summary>
public sealed record MachineConfig
{
    /// <summary>Memory of a machine that does not say: enough for a distribution's kernel and a small initrd.</summary>
    public static readonly MemorySize DefaultMemory = new(512UL << 20);

    /// <summary>Most vCPUs that a configuration may ask for: what one-byte APIC ids in the ACPI tables can name. KVM may offer fewer.</summary>
    public const int MaxCpus = 255;

    /// <summary>Name of the machine, for people.</summary>
    public string Name { get; init; } = "td";

    /// <summary>TD or ordinary guest.</summary>
    public GuestKind Guest { get; init; } = GuestKind.Td;

    /// <summary>Who plays the TDX module.</summary>
    public BackendKind Backend { get; init; } = BackendKind.Auto;

    /// <summary>Firmware of a TD on TDX hardware, a TDVF image; null boots the kernel without.</summary>
    public string? Firmware { get; init; }

    /// <summary>Kernel image: ELF or bzImage. With firmware it may be empty: that finds something to boot itself.</summary>
    public string Kernel { get; init; } = "";

    /// <summary>Initial ramdisk.</summary>
    public string? Initrd { get; init; }

    /// <summary>Kernel command line.</summary>
    public string Cmdline { get; init; } = "";

    /// <summary>How a bzImage is started.</summary>
    public BootMethod Boot { get; init; } = BootMethod.Unpack;

    /// <summary>RAM.</summary>
    public MemorySize Memory { get; init; } = DefaultMemory;

    /// <summary>Number of vCPUs.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>How trapped accesses of an emulated TD are served.</summary>
    public VeMode Ve { get; init; } = VeMode.Architectural;

    /// <summary>CPUID and MSR policy file; null is the built-in default.</summary>
    public string? Policy { get; init; }

    /// <summary>Identity and features of a TD.</summary>
    public TdConfig Td { get; init; } = new();

    /// <summary>The devices, in the order in which they are created.</summary>
    public IReadOnlyList<DeviceConfig> Devices { get; init; } = [];

    /// <summary>Where device types come from that are not built in: assemblies, or folders with assemblies.</summary>
    public IReadOnlyList<string> Plugins { get; init; } = [];

    /// <summary>What follows when a device throws while it serves the guest; a device may say otherwise.</summary>
    public FaultAction OnFault { get; init; } = FaultAction.Continue;

    /// <summary>What a reset does.</summary>
    public RebootAction OnReboot { get; init; } = RebootAction.Reset;

    /// <summary>What follows a fatal error reported by the guest, e.g. a kernel panic.</summary>
    public FatalAction OnPanic { get; init; } = FatalAction.Exit;

    /// <summary>What follows a triple fault or a breach of isolation.</summary>
    public FatalAction OnCrash { get; init; } = FatalAction.Exit;
}
