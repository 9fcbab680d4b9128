using Vmm.Core.Kvm;
using Vmm.Core.Memory;
using Vmm.Host.Configuration;

namespace Vmm.Integration.Tests.Harness;

/// <summary>What TDs of tests run on. The same tests run on each: that is what makes them a conformance suite.</summary>
public interface ITdBackend
{
    /// <summary>What a configuration calls it.</summary>
    BackendKind Kind { get; }

    /// <summary>Opens the KVM that it uses.</summary>
    KvmSystem Open();

    /// <summary>Guest memory, private or shared.</summary>
    ReadOnlySpan<byte> Bytes(GuestMemory memory, ulong address, int length);

    /// <summary>What a call is to leave behind: what a test expects, unless the kernel answers otherwise by itself.</summary>
    internal Registers Expect(Registers call, Func<Registers, Registers> expected);
}
