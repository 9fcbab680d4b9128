using System.Globalization;

namespace Vmm.Core.Kvm.Recording;

/// <summary>One system call, decoded.</summary>
/// <param name="Name">Its name, e.g. <c>ioctl</c>.</param>
/// <param name="File">What the descriptor is of: <c>/dev/kvm</c>, <c>vm</c>, <c>vcpu0</c>, <c>guest_memfd0</c>.</param>
/// <param name="Request">For an ioctl, the request, e.g. <c>KVM_CREATE_VM</c>; else empty.</param>
/// <param name="Arguments">The arguments in order: what was passed, or what the kernel filled in where the call asks for something.</param>
/// <param name="Result">What was answered; negated error numbers as they come.</param>
public sealed record KvmCall(string Name, string File, string Request, IReadOnlyList<KvmArgument> Arguments, long Result)
{
    /// <summary>The call as <c>strace</c> would print it, but with names for descriptors.</summary>
    public override string ToString()
    {
        string request = Request.Length > 0 ? $", {Request}" : "";
        string arguments = string.Concat(Arguments.Select(argument => $", {argument}"));
        return $"{Name}({File}{request}{arguments}) = {(Name == "mmap" && Result >= 0 ? $"0x{Result:x}" : Result.ToString(CultureInfo.InvariantCulture))}";
    }
}
