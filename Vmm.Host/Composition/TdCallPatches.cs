using Vmm.Core.Boot;
using Vmm.Core.Memory;
using Vmm.Host.Errors;
using Vmm.Tdx.Module.Traps;

namespace Vmm.Host.Composition;

/// <summary>Makes the TDCALLs of a loaded kernel reach the software TDX module.</summary>
public sealed class TdCallPatches
{
    /// <summary>Finds and replaces them.</summary>
    /// <param name="kernel">What was loaded.</param>
    /// <param name="memory">Where it was loaded.</param>
    /// <param name="trap">Replaces them.</param>
    /// <param name="launch">Has taken its copy of the original bytes.</param>
    /// <exception cref="UserErrorException">There are none: the kernel is no TDX guest.</exception>
    public TdCallPatches(BootedKernel kernel, GuestMemory memory, TdCallTrap trap, MeasuredLaunch launch)
    {
        ArgumentNullException.ThrowIfNull(launch);
        foreach (LoadedRange loaded in kernel.Loaded)
        {
            if (loaded.Content == LoadedContent.Kernel)
            {
                Count += trap.Install(loaded.Range);
            }
        }

        if (Count == 0)
        {
            throw new UserErrorException(
                ExitCode.BadData,
                "this kernel makes no TDCALL: it is not built as a TDX guest (CONFIG_INTEL_TDX_GUEST); use another kernel, or --guest ordinary to boot it as an ordinary guest");
        }

        if (kernel.Decompressor is { } decompressor)
        {
            HandOver = HandOverTrap.TryInstall(memory, decompressor, trap) ?? throw new UserErrorException(
                ExitCode.BadData, "this kernel's decompressor ends in an unknown way, so the TDCALLs of the kernel could not be found: use --boot unpack");
        }
    }

    /// <summary>How many were found in what was loaded.</summary>
    public int Count { get; }

    /// <summary>Finds those of the kernel that a decompressor unpacks; null without one.</summary>
    public HandOverTrap? HandOver { get; }
}
