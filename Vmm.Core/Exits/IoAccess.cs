using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Exits;

/// <summary>A port access, as KVM reports it.</summary>
/// <param name="Port">Port.</param>
/// <param name="Size">1, 2 or 4 bytes.</param>
/// <param name="IsInput">The guest reads.</param>
/// <param name="Count">Number of items; 1 except for string instructions.</param>
public readonly record struct IoAccess(ushort Port, int Size, bool IsInput, int Count)
{
    /// <summary>Takes it from the shared page.</summary>
    public static IoAccess From(in KvmExitIo io) => new(io.Port, io.Size, io.Direction == 0, (int)io.Count);
}
