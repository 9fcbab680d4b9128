using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Vmm.Core.Interop;

namespace Vmm.Core.Kvm;

/// <summary>KVM refused: which operation, what it said, what to do.</summary>
public sealed class KvmException : Exception
{
    private KvmException(string operation, int errno, string advice)
        : base($"{operation}: {Marshal.GetPInvokeErrorMessage(errno)}; {advice}")
    {
        Operation = operation;
        Errno = errno;
    }

    /// <summary>The operation, e.g. <c>KVM_CREATE_VM</c> or <c>/dev/kvm</c>.</summary>
    public string Operation { get; }

    /// <summary>The error number; 0 where the host answered but not what is needed.</summary>
    public int Errno { get; }

    /// <summary>Whether the user lacks the permission.</summary>
    public bool IsPermission => Errno is Libc.EACCES or Libc.EPERM;

    /// <summary>The host lacks something without which this project cannot work.</summary>
    public static KvmException Missing(string what) => new(what, Libc.ENOSYS, "this host's KVM lacks it: run 'vmm doctor'");

    /// <summary>KVM refused an operation whose error number the caller has looked at already.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="errno">The error number, not negated.</param>
    public static KvmException Refused(string operation, int errno) => new(operation, errno, Advice(errno));

    /// <summary>Returns a result or throws for a negated error number.</summary>
    internal static int Check(int result, string operation)
    {
        if (result < 0)
        {
            Throw(operation, -result);
        }

        return result;
    }

    [DoesNotReturn]
    internal static void Throw(string operation, int errno) => throw new KvmException(operation, errno, Advice(errno));

    private static string Advice(int errno) => errno switch
    {
        Libc.ENOENT or Libc.ENODEV or Libc.ENXIO => "load the module (modprobe kvm_intel or kvm_amd) and enable virtualisation in the firmware",
        Libc.EACCES or Libc.EPERM => "add yourself to the group that owns it (usually kvm: sudo usermod -aG kvm $USER) and log in again",
        Libc.EBUSY => "another hypervisor holds the processor's virtualisation: stop it",
        Libc.ENOMEM => "free memory or ask for less",
        Libc.EMFILE or Libc.ENFILE => "too many open files: raise ulimit -n",
        _ => "run 'vmm doctor' to see what this host's KVM can do",
    };
}
