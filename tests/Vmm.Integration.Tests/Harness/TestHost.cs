using Vmm.Core.Kvm;
using Vmm.Host.Composition;
using Vmm.Host.Configuration;
using Vmm.Tdx.Abi;

namespace Vmm.Integration.Tests.Harness;

/// <summary>What TDs on this host have in common.</summary>
internal static class TestHost
{
    private static readonly Lazy<GpaWidth> LazyWidth = new(() =>
    {
        using KvmSystem kvm = KvmSystem.Open();
        return TdParameters.Width(new TdConfig(), HostCpuid.Read(kvm));
    });

    /// <summary>Width of guest-physical addresses: 48 or 52 on TDX hardware, what the host has here.</summary>
    public static ulong Gpaw => (ulong)LazyWidth.Value.Bits;

    /// <summary>The topmost of these bits.</summary>
    public static ulong SharedBit => 1UL << (LazyWidth.Value.Bits - 1);
}
