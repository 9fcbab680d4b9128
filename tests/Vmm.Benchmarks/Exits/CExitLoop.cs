using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Vmm.Core.Kvm;

namespace Vmm.Benchmarks.Exits;

/// <summary>exit_loop.c, compiled here and now.</summary>
internal sealed unsafe class CExitLoop : IDisposable
{
    private const string Source = "exit_loop.c";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("vmm-benchmark-");
    private readonly nint _library;
    private readonly delegate* unmanaged<int, void*, int, ushort, ulong, int> _serve;

    public CExitLoop()
    {
        string source = Path.Combine(_folder.FullName, Source);
        string library = Path.ChangeExtension(source, ".so");
        using (Stream text = typeof(CExitLoop).Assembly.GetManifestResourceStream(Source)!)
        using (FileStream file = File.Create(source))
        {
            text.CopyTo(file);
        }

        Compile(source, library);
        _library = NativeLibrary.Load(library);
        _serve = (delegate* unmanaged<int, void*, int, ushort, ulong, int>)NativeLibrary.GetExport(_library, "serve");
    }

    /// <summary>Serves exits on the calling thread.</summary>
    /// <returns>How many.</returns>
    public int Serve(int descriptor, KvmVcpu vcpu, int exits, ushort port, ulong next) =>
        _serve(descriptor, Unsafe.AsPointer(ref vcpu.Area), exits, port, next);

    public void Dispose()
    {
        NativeLibrary.Free(_library);
        _folder.Delete(recursive: true);
    }

    private static void Compile(string source, string library)
    {
        string compiler = Environment.GetEnvironmentVariable("CC") ?? "gcc";
        try
        {
            using Process process = Process.Start(compiler, ["-O2", "-shared", "-fPIC", "-o", library, source]);
            process.WaitForExit();
            if (process.ExitCode != 0)
            {
                throw new BenchmarkException($"{compiler} could not compile the loop to compare with; it needs the C library's and the kernel's headers");
            }
        }
        catch (Win32Exception e)
        {
            throw new BenchmarkException($"needs a C compiler to compare with: {compiler}: {e.Message}; install gcc, or name one in CC");
        }
    }
}
