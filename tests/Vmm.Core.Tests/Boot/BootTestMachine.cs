using Vmm.Core.Boot;
using Vmm.Core.Boot.Images;
using Vmm.Core.Boot.Layout;
using Vmm.Core.Memory;

namespace Vmm.Core.Tests.Boot;

/// <summary>Guest memory that images are loaded into.</summary>
internal sealed class BootTestMachine : IDisposable
{
    internal const ulong MiB = 1 << 20;

    internal BootTestMachine(ulong size = 64 * MiB)
    {
        Layout = MemoryLayout.Create(size);
        Memory = GuestMemory.CreateOrdinary(Layout.Ram);
    }

    internal MemoryLayout Layout { get; }

    internal GuestMemory Memory { get; }

    public void Dispose() => Memory.Dispose();

    internal LoadedKernel Load(byte[] image, KernelLoadMode mode = KernelLoadMode.Unpack)
    {
        using KernelImage kernel = Open(image);
        return kernel.Load(Memory, Layout, mode);
    }

    internal BootedKernel Boot(byte[] image, LinuxBootOptions? options = null)
    {
        using KernelImage kernel = Open(image);
        return LinuxBoot.Load(Memory, kernel, options ?? new LinuxBootOptions { Kernel = "kernel" });
    }

    internal BootError ErrorOf(byte[] image, KernelLoadMode mode = KernelLoadMode.Unpack) => Assert.Throws<BootException>(() => Load(image, mode)).Error;

    internal byte[] Bytes(ulong gpa, int length) => Memory.GetSpan(gpa, length).ToArray();

    internal ulong U64(ulong gpa) => BitConverter.ToUInt64(Bytes(gpa, 8));

    internal uint U32(ulong gpa) => BitConverter.ToUInt32(Bytes(gpa, 4));

    internal ushort U16(ulong gpa) => BitConverter.ToUInt16(Bytes(gpa, 2));

    internal byte U8(ulong gpa) => Bytes(gpa, 1)[0];

    internal static KernelImage Open(byte[] image) => KernelImage.Open(new MemoryImageSource("kernel", image));
}
