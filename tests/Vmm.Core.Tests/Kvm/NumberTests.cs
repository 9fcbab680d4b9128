using System.Reflection;
using System.Text.Json;
using Vmm.Core.Kvm;

namespace Vmm.Core.Tests.Kvm;

/// <summary>ioctl numbers and constants against the kernel's headers.</summary>
public sealed class NumberTests
{
    public static TheoryData<string> AllIoctls => [.. IoctlFields.Select(number => number.Name)];

    private static IEnumerable<FieldInfo> IoctlFields =>
        typeof(KvmIoctl).GetFields(BindingFlags.Public | BindingFlags.Static);

    [Theory]
    [MemberData(nameof(AllIoctls))]
    public void Ioctl_Number_IsTheKernels(string name)
    {
        string theirs = "KVM_" + UpperSnakeCase(name);

        Assert.Equal(KvmUapi.Constant(theirs), (uint)IoctlFields.Single(number => number.Name == name).GetValue(null)!);
    }

    [Fact]
    public void KvmCap_EveryValue_IsTheKernels() => AssertEqual<KvmCap>(name => "KVM_CAP_" + UpperSnakeCase(name));

    [Fact]
    public void KvmExitReason_EveryValue_IsTheKernels() => AssertEqual<KvmExitReason>(name => "KVM_EXIT_" + UpperSnakeCase(name));

    [Fact]
    public void KvmSync_EveryValue_IsTheKernels() => AssertEqual<KvmSync>(name => "KVM_SYNC_X86_" + UpperSnakeCase(name), nameof(KvmSync.None));

    [Fact]
    public void KvmSystemEvent_EveryValue_IsTheKernels() => AssertEqual<KvmSystemEvent>(name => "KVM_SYSTEM_EVENT_" + UpperSnakeCase(name));

    [Fact]
    public void KvmMpState_EveryValue_IsTheKernels() => AssertEqual<KvmMpState>(name => "KVM_MP_STATE_" + UpperSnakeCase(name));

    [Fact]
    public void KvmMsrExitReason_EveryValue_IsTheKernels() => AssertEqual<KvmMsrExitReason>(name => "KVM_MSR_EXIT_REASON_" + UpperSnakeCase(name));

    [Fact]
    public void MsrFilterAccess_EveryValue_IsTheKernels() =>
        AssertEqual<MsrFilterAccess>(name => "KVM_MSR_FILTER_" + UpperSnakeCase(name), nameof(MsrFilterAccess.None), nameof(MsrFilterAccess.ReadWrite));

    [Fact]
    public void KvmVmType_EveryValue_IsTheKernels() => AssertEqual<KvmVmType>(name => $"KVM_X86_{UpperSnakeCase(name)}_VM");

    [Fact]
    public void KvmTdxCommand_EveryValue_IsTheKernels() => AssertEqual<KvmTdxCommand>(name => "KVM_TDX_" + UpperSnakeCase(name));

    [Fact]
    public void KvmTdxRegionFlags_EveryValue_IsTheKernels() =>
        AssertEqual<KvmTdxRegionFlags>(name => "KVM_TDX_" + UpperSnakeCase(name), nameof(KvmTdxRegionFlags.None));

    [Fact]
    public void KvmMemoryFlags_EveryValue_IsTheKernels() => AssertEqual<KvmMemoryFlags>(name => "KVM_MEM_" + UpperSnakeCase(name), nameof(KvmMemoryFlags.None));

    [Fact]
    public void KvmMemoryAttribute_EveryValue_IsTheKernels() =>
        AssertEqual<KvmMemoryAttribute>(name => "KVM_MEMORY_ATTRIBUTE_" + UpperSnakeCase(name), nameof(KvmMemoryAttribute.None));

    private static void AssertEqual<T>(Func<string, string> kernelName, params string[] ours)
        where T : struct, Enum
    {
        foreach (T value in Enum.GetValues<T>().Where(value => !ours.Contains(value.ToString())))
        {
            string theirs = kernelName(value.ToString());
            Assert.Equal((theirs, KvmUapi.Constant(theirs)), (theirs, Convert.ToUInt64(value)));
        }
    }

    private static string UpperSnakeCase(string name) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(name);
}
