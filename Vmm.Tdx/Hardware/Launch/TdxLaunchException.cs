using System.Runtime.InteropServices;
using Vmm.Core.Kvm;
using Vmm.Tdx.Abi;

namespace Vmm.Tdx.Hardware.Launch;

/// <summary>A TD could not be built: which step failed, what was said, what to do.</summary>
public sealed class TdxLaunchException : Exception
{
    /// <summary>A step failed before the kernel was asked, or for what it answered.</summary>
    public TdxLaunchException(TdxLaunchStep step, string reason)
        : base($"TDX launch, {NameOf(step)}: {reason}") => Step = step;

    /// <summary>The kernel refused an operation.</summary>
    public TdxLaunchException(TdxLaunchStep step, KvmException refusal)
        : base($"TDX launch, {NameOf(step)}: {refusal.Operation}: {ErrorText(refusal.Errno)}; {TdxLaunchAdvice.For(step, refusal.Errno)}", refusal)
    {
        Step = step;
        Errno = refusal.Errno;
    }

    /// <summary>The kernel or the TDX module refused a command.</summary>
    /// <param name="step">The step.</param>
    /// <param name="what">What it was about, such as a section; empty for the whole TD.</param>
    /// <param name="result">What was answered.</param>
    /// <param name="attempts">How often it was tried.</param>
    public TdxLaunchException(TdxLaunchStep step, string what, KvmTdxResult result, int attempts)
        : base($"TDX launch, {NameOf(step)}{(what.Length > 0 ? $" ({what})" : "")}: {ErrorText(result.Errno)}{Module(result)}{Tries(attempts)}; {TdxLaunchAdvice.For(step, result.Errno)}")
    {
        Step = step;
        Errno = result.Errno;
        HardwareError = new TdxStatus(result.HardwareError);
    }

    /// <summary>The step.</summary>
    public TdxLaunchStep Step { get; }

    /// <summary>The kernel's error number; 0 where it was not the kernel that refused.</summary>
    public int Errno { get; }

    /// <summary>What the TDX module said, where it was what refused.</summary>
    public TdxStatus HardwareError { get; }

    private static string NameOf(TdxLaunchStep step) => step switch
    {
        TdxLaunchStep.CheckExtensions => "KVM_CHECK_EXTENSION",
        TdxLaunchStep.Capabilities => "KVM_TDX_CAPABILITIES",
        TdxLaunchStep.Parameters => "parameters of the TD",
        TdxLaunchStep.EnableCapabilities => "KVM_ENABLE_CAP",
        TdxLaunchStep.TscFrequency => "KVM_SET_TSC_KHZ",
        TdxLaunchStep.Memory => "memory",
        TdxLaunchStep.InitVm => "KVM_TDX_INIT_VM",
        TdxLaunchStep.Cpuid => "CPUID",
        TdxLaunchStep.InitVcpu => "KVM_TDX_INIT_VCPU",
        TdxLaunchStep.InitMemRegion => "KVM_TDX_INIT_MEM_REGION",
        TdxLaunchStep.FinalizeVm => "KVM_TDX_FINALIZE_VM",
        _ => step.ToString(),
    };

    private static string ErrorText(int errno) => Marshal.GetPInvokeErrorMessage(errno);

    private static string Module(KvmTdxResult result) =>
        result.HardwareError == 0 ? "" : $" (the TDX module says {new TdxStatus(result.HardwareError)}, 0x{result.HardwareError:x16})";

    private static string Tries(int attempts) => attempts > 1 ? $" after {attempts} attempts" : "";
}
