using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Tests.Kvm;

/// <summary>Our structs against the layout that the kernel's headers give them.</summary>
public sealed class LayoutTests
{
    public static TheoryData<string> Structs => [.. KernelLayout.All.Select(layout => layout.Type.Name)];

    [Theory]
    [MemberData(nameof(Structs))]
    public void Layout_EveryField_LiesWhereTheKernelHasIt(string name)
    {
        KernelLayout layout = KernelLayout.All.Single(candidate => candidate.Type.Name == name);
        IReadOnlyDictionary<string, int> offsets = KvmUapi.Offsets(layout.KernelName);
        FieldInfo[] fields = layout.Type.GetFields(BindingFlags.Public | BindingFlags.Instance);
        int start = layout.IsWhole ? 0 : offsets.Where(field => field.Key.StartsWith(layout.Prefix, StringComparison.Ordinal)).Min(field => field.Value);

        Assert.NotEmpty(fields);
        Assert.Empty(layout.Names.Keys.Except(fields.Select(field => field.Name)));
        foreach (FieldInfo field in fields)
        {
            string theirs = layout.Prefix + (layout.Names.TryGetValue(field.Name, out string? named) ? named : SnakeCase(field.Name));
            Assert.Equal((theirs, offsets[theirs]), (theirs, start + OffsetOf(layout.Type, field)));
        }
    }

    [Theory]
    [MemberData(nameof(Structs))]
    public void Layout_WholeStruct_HasTheKernelsSize(string name)
    {
        KernelLayout layout = KernelLayout.All.Single(candidate => candidate.Type.Name == name);
        if (layout.IsWhole)
        {
            Assert.Equal(KvmUapi.Size(layout.KernelName), SizeOf(layout.Type));
        }
    }

    [Fact]
    public void Layout_EveryStruct_IsCovered()
    {
        IEnumerable<Type> ours = typeof(KvmRegs).Assembly.GetTypes().Where(type => type.Namespace == typeof(KvmRegs).Namespace && !type.IsNested);

        Assert.Equal(
            ours.Select(type => type.Name).Order(),
            KernelLayout.All.Select(layout => layout.Type).Concat(KernelLayout.Others).Select(type => type.Name).Order());
    }

    [Fact]
    public void ExitUnion_EveryMember_BeginsAtItsStart()
    {
        Assert.All(typeof(KvmExitUnion).GetFields(), member => Assert.Equal(0, OffsetOf(typeof(KvmExitUnion), member)));
        IReadOnlyDictionary<string, int> run = KvmUapi.Offsets("kvm_run");
        Assert.Equal(run["kvm_valid_regs"] - run["io.direction"], Unsafe.SizeOf<KvmExitUnion>());
        Assert.Equal(run["io.direction"], run["eoi.vector"]);
    }

    [Fact]
    public void SyncUnion_FillsTheRestOfTheRunArea() =>
        Assert.Equal(KvmUapi.Size("kvm_run") - KvmUapi.Offsets("kvm_run")["s.regs"], Unsafe.SizeOf<KvmSyncUnion>());

    [Fact]
    public void Events_InterruptAndNmi_FillTheirPlaces()
    {
        IReadOnlyDictionary<string, int> offsets = KvmUapi.Offsets("kvm_vcpu_events");
        Assert.Equal(offsets["nmi"] - offsets["interrupt"], Unsafe.SizeOf<KvmInterruptEvent>());
        Assert.Equal(offsets["sipi_vector"] - offsets["nmi"], Unsafe.SizeOf<KvmNmiEvent>());
    }

    [Fact]
    public void SignalMask_FollowsItsLengthWithoutPadding() =>
        Assert.Equal(sizeof(uint), OffsetOf(typeof(KvmSignalMask), typeof(KvmSignalMask).GetField(nameof(KvmSignalMask.Blocked))!));

    // Measured rather than asked of the marshaller, whose view of a struct is not the one that an ioctl gets.
    private static int OffsetOf(Type type, FieldInfo field)
    {
        object boxed = RuntimeHelpers.GetUninitializedObject(type);
        byte[] before = Bytes(boxed);
        field.SetValue(boxed, Filled(field.FieldType));
        byte[] after = Bytes(boxed);
        return Enumerable.Range(0, after.Length).First(i => before[i] != after[i]);
    }

    private static object Filled(Type type)
    {
        byte[] ones = new byte[SizeOf(type)];
        ones.AsSpan().Fill(1);
        return Generic(nameof(Read), type).Invoke(null, [ones])!;
    }

    private static byte[] Bytes(object boxed) => (byte[])Generic(nameof(Write), boxed.GetType()).Invoke(null, [boxed])!;

    private static int SizeOf(Type type) => (int)typeof(Unsafe).GetMethod(nameof(Unsafe.SizeOf))!.MakeGenericMethod(type).Invoke(null, null)!;

    private static MethodInfo Generic(string method, Type type) =>
        typeof(LayoutTests).GetMethod(method, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(type);

    private static T Read<T>(byte[] bytes)
        where T : unmanaged => MemoryMarshal.Read<T>(bytes);

    private static byte[] Write<T>(T value)
        where T : unmanaged => MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)).ToArray();

    private static string SnakeCase(string name) => JsonNamingPolicy.SnakeCaseLower.ConvertName(name);
}
