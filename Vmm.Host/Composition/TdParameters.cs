using Vmm.Core.Machine;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Hardware.Launch;
using Vmm.Tdx.Module;

namespace Vmm.Host.Composition;

/// <summary>The parameters that a TD is created with, from its definition and the host.</summary>
internal static class TdParameters
{
    private const TdAttributes DefaultAttributes = TdAttributes.SeptVeDisable;
    private const Xfam DefaultXfam = Xfam.X87 | Xfam.Sse | Xfam.Avx;

    /// <summary>Width of guest-physical addresses: what the host's page tables can hold, since the shared bit is one of their address bits.</summary>
    /// <exception cref="UserErrorException">The host cannot do what was asked for.</exception>
    internal static GpaWidth Width(TdConfig td, HostCpuid host)
    {
        int most = Math.Min(host.PhysicalBits, GpaWidth.Widest);
        return td.Gpaw is { } asked && asked > most
            ? throw new UserErrorException(
                ExitCode.HostCannot, $"td.gpaw: {asked} bits are asked for, and this host's processors have {host.PhysicalBits} physical address bits; use {most} or \"auto\"")
            : new GpaWidth(td.Gpaw ?? Math.Min(most, GpaWidth.Usual));
    }

    internal static TdState CreateState(MachineConfig config, GpaWidth width, HostClock clock)
    {
        TdIdentity identity = Identity(config.Td);
        return new TdState
        {
            Attributes = identity.Attributes,
            Xfam = identity.Xfam,
            GpaWidth = width,
            VcpuCount = config.Cpus,
            MaxVcpus = config.Cpus,
            TscFrequency = (ushort)(clock.TscKhz / X86Platform.CrystalKhz),
            X2ApicIds = X2ApicIds(config.Cpus),
            MrConfigId = identity.MrConfigId,
            MrOwner = identity.MrOwner,
            MrOwnerConfig = identity.MrOwnerConfig,
        };
    }

    private static uint[] X2ApicIds(int count)
    {
        uint[] ids = new uint[count];
        for (int i = 0; i < count; i++)
        {
            ids[i] = (uint)i;
        }

        return ids;
    }

    internal static TdxParameters OfHardware(TdConfig td, GpaWidth width, HostClock clock)
    {
        TdIdentity identity = Identity(td);
        return new TdxParameters
        {
            Attributes = identity.Attributes,
            Xfam = identity.Xfam,
            GpaWidth = width,
            TscKhz = clock.TscKhz,
            MrConfigId = identity.MrConfigId,
            MrOwner = identity.MrOwner,
            MrOwnerConfig = identity.MrOwnerConfig,
        };
    }

    /// <summary>What of a TD's identity its definition says.</summary>
    internal static TdIdentity Identity(TdConfig td) => new()
    {
        Attributes = (TdAttributes?)td.Attributes ?? DefaultAttributes,
        Xfam = (Xfam?)td.Xfam ?? DefaultXfam,
        MrConfigId = Identity(td.MrConfigId),
        MrOwner = Identity(td.MrOwner),
        MrOwnerConfig = Identity(td.MrOwnerConfig),
    };

    private static Bytes48 Identity(byte[]? bytes)
    {
        Bytes48 identity = default;
        bytes?.CopyTo((Span<byte>)identity);
        return identity;
    }
}
