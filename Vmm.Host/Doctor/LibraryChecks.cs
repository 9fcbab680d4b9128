using System.Runtime.InteropServices;

namespace Vmm.Host.Doctor;

/// <summary>The system libraries that unpack kernel images.</summary>
internal static class LibraryChecks
{
    private static readonly (string Library, string Package)[] Libraries =
    [
        ("libzstd.so.1", "libzstd1 or zstd"),
        ("liblzma.so.5", "liblzma5 or xz-libs"),
        ("liblz4.so.1", "liblz4-1 or lz4-libs"),
    ];

    public static IEnumerable<HostCheck> Examine() => Libraries.Select(each =>
    {
        bool there = NativeLibrary.TryLoad(each.Library, out nint handle);
        if (there)
        {
            NativeLibrary.Free(handle);
        }

        string finding = there ? "present" : "absent: kernels packed with it cannot be unpacked by vmm";
        return HostCheck.If(there, each.Library, CheckStatus.Warn, finding, $"install package {each.Package}, or use --boot decompressor");
    });
}
