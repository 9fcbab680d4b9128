using Vmm.Core.Memory;

namespace Vmm.Core.Boot.Images;

/// <summary>What is known of the decompressor that a bzImage brings: it runs first, and jumps to the kernel it unpacked.</summary>
/// <param name="Code">Where its code lies: the protected-mode part without the compressed payload.</param>
/// <param name="PreferredAddress">Where it is loaded, and the lowest address at which it places the kernel (pref_address).</param>
/// <param name="InitSize">Bytes that the kernel needs from where it is placed until it manages memory itself (init_size).</param>
public sealed record Decompressor(IReadOnlyList<MemoryRange> Code, ulong PreferredAddress, uint InitSize);
