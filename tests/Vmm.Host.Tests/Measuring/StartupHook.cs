using System.Reflection;
using System.Runtime.InteropServices;

#pragma warning disable CA1050, MA0047 // the runtime looks for exactly this name, without a namespace

/// <summary>Runs before Main where DOTNET_STARTUP_HOOKS names this assembly: from then on vmm finds no native library, as on another operating system.</summary>
internal static class StartupHook
{
    /// <summary>What every native call ends with.</summary>
    internal const string Message = "is not to be had on this system";

    public static void Initialize()
    {
        AppDomain.CurrentDomain.AssemblyLoad += static (_, loaded) => Trap(loaded.LoadedAssembly);
        Array.ForEach(AppDomain.CurrentDomain.GetAssemblies(), Trap);
    }

    // The framework's own libraries are there on all systems.
    private static void Trap(Assembly assembly)
    {
        if (assembly.GetName().Name is { } name && name.StartsWith("vmm", StringComparison.OrdinalIgnoreCase))
        {
            NativeLibrary.SetDllImportResolver(assembly, static (library, _, _) => throw new DllNotFoundException($"{library} {Message}"));
        }
    }
}
