using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Vmm.Core.Kvm.Layout;

namespace Vmm.Core.Kvm.Recording;

/// <summary>Puts the arguments of KVM's ioctls into words.</summary>
/// <param name="describe">Words for a field's value, given the field's name.</param>
internal sealed unsafe class KvmCallDecoder(Func<string, ulong, string?> describe)
{
    private static readonly Dictionary<uint, string> Names = new()
    {
        [KvmIoctl.GetApiVersion] = nameof(KvmIoctl.GetApiVersion),
        [KvmIoctl.CreateVm] = nameof(KvmIoctl.CreateVm),
        [KvmIoctl.CheckExtension] = nameof(KvmIoctl.CheckExtension),
        [KvmIoctl.GetVcpuMmapSize] = nameof(KvmIoctl.GetVcpuMmapSize),
        [KvmIoctl.CreateVcpu] = nameof(KvmIoctl.CreateVcpu),
        [KvmIoctl.SetTscKhz] = nameof(KvmIoctl.SetTscKhz),
        [KvmIoctl.GetTscKhz] = nameof(KvmIoctl.GetTscKhz),
        [KvmIoctl.GetSupportedCpuid] = nameof(KvmIoctl.GetSupportedCpuid),
        [KvmIoctl.SetUserMemoryRegion2] = nameof(KvmIoctl.SetUserMemoryRegion2),
        [KvmIoctl.SetMemoryAttributes] = nameof(KvmIoctl.SetMemoryAttributes),
        [KvmIoctl.CreateGuestMemfd] = nameof(KvmIoctl.CreateGuestMemfd),
        [KvmIoctl.SetGsiRouting] = nameof(KvmIoctl.SetGsiRouting),
        [KvmIoctl.X86SetMsrFilter] = nameof(KvmIoctl.X86SetMsrFilter),
        [KvmIoctl.SetCpuid2] = nameof(KvmIoctl.SetCpuid2),
        [KvmIoctl.EnableCap] = nameof(KvmIoctl.EnableCap),
        [KvmIoctl.MemoryEncryptOp] = nameof(KvmIoctl.MemoryEncryptOp),
    };

    /// <summary>The kernel's name of a request.</summary>
    internal static string NameOf(uint request) => Names.TryGetValue(request, out string? name) ? KernelName("KVM_", name) : $"0x{request:x}";

    /// <summary>Whether the kernel fills in what the argument points to.</summary>
    internal static bool IsOutput(uint request, nint argument) =>
        request == KvmIoctl.GetSupportedCpuid
        || (request == KvmIoctl.MemoryEncryptOp && ((KvmTdxCmd*)argument)->Id is KvmTdxCommand.Capabilities or KvmTdxCommand.GetCpuid);

    /// <summary>The arguments of a call that is about to be made.</summary>
    /// <param name="request">ioctl number.</param>
    /// <param name="argument">Value or address.</param>
    /// <param name="nameOfFile">Names descriptors.</param>
    internal IReadOnlyList<KvmArgument> Decode(uint request, nint argument, Func<int, string> nameOfFile) => request switch
    {
        _ when request == KvmIoctl.CreateVm => [new("", KernelName("KVM_X86_", ((KvmVmType)argument).ToString()) + "_VM")],
        _ when request == KvmIoctl.CheckExtension => [new("", KernelName("KVM_CAP_", ((KvmCap)argument).ToString()))],
        _ when request == KvmIoctl.EnableCap => [Decode(in *(KvmEnableCap*)argument)],
        _ when request == KvmIoctl.CreateGuestMemfd => [Decode(in *(KvmCreateGuestMemfd*)argument)],
        _ when request == KvmIoctl.SetUserMemoryRegion2 => [Decode(in *(KvmUserspaceMemoryRegion2*)argument, nameOfFile)],
        _ when request == KvmIoctl.SetMemoryAttributes => [Decode(in *(KvmMemoryAttributes*)argument)],
        _ when request == KvmIoctl.SetCpuid2 => [new("", Table((KvmCpuid2*)argument))],
        _ when request == KvmIoctl.X86SetMsrFilter => [Decode(in *(KvmMsrFilter*)argument)],
        _ when request == KvmIoctl.MemoryEncryptOp => [Decode(in *(KvmTdxCmd*)argument)],
        _ when request == KvmIoctl.CreateVcpu || request == KvmIoctl.SetTscKhz => [new("", argument.ToString(CultureInfo.InvariantCulture))],
        _ => [],
    };

    /// <summary>What a call has filled in.</summary>
    internal IReadOnlyList<KvmArgument> DecodeOutput(uint request, nint argument, int result)
    {
        if (request == KvmIoctl.GetSupportedCpuid)
        {
            return [new("", Filled((KvmCpuid2*)argument, result))];
        }

        ref KvmTdxCmd command = ref *(KvmTdxCmd*)argument;
        return [Command(in command, command.Id == KvmTdxCommand.Capabilities ? Decode(in *(KvmTdxCapabilities*)command.Data, result) : Filled((KvmCpuid2*)command.Data, result))];
    }

    private static string KernelName(string prefix, string name) => prefix + JsonNamingPolicy.SnakeCaseUpper.ConvertName(name);

    private static string Hex(ulong value) => value < 10 ? value.ToString(CultureInfo.InvariantCulture) : $"0x{value:x}";

    private static KvmArgument[] Table(KvmCpuid2* table)
    {
        KvmCpuidEntry2* entries = (KvmCpuidEntry2*)(table + 1);
        List<KvmArgument> fields = [new("nent", table->Count.ToString(CultureInfo.InvariantCulture))];
        for (int i = 0; i < table->Count; i++)
        {
            string index = (entries[i].Flags & Machine.CpuidEntry.SignificantIndex) != 0 ? $".{entries[i].Index}" : "";
            fields.Add(new($"0x{entries[i].Function:x}{index}", $"{entries[i].Eax:x8}:{entries[i].Ebx:x8}:{entries[i].Ecx:x8}:{entries[i].Edx:x8}"));
        }

        return [.. fields];
    }

    // After E2BIG there is nothing but the capacity.
    private static KvmArgument[] Filled(KvmCpuid2* table, int result) =>
        result >= 0 ? Table(table) : [new("nent", table->Count.ToString(CultureInfo.InvariantCulture))];

    private static string Bytes(ReadOnlySpan<byte> bytes) => bytes.ContainsAnyExcept((byte)0) ? Convert.ToHexStringLower(bytes) : "0";

    private static KvmArgument Decode(in KvmEnableCap enable) => new(
        "", [new("cap", KernelName("KVM_CAP_", ((KvmCap)enable.Cap).ToString())), new("flags", Hex(enable.Flags)), new("args[0]", Hex(enable.Args[0]))]);

    private static KvmArgument Decode(in KvmMsrFilter filter)
    {
        List<KvmArgument> fields = [new("flags", Hex(filter.Flags))];
        foreach (KvmMsrFilterRange range in filter.Ranges)
        {
            if (range.Count != 0)
            {
                fields.Add(new($"0x{range.Base:x}+0x{range.Count:x}", ((MsrFilterAccess)range.Flags).ToString()));
            }
        }

        return new("", fields);
    }

    private static KvmArgument Decode(in KvmMemoryAttributes change) => new("",
    [
        new("address", Hex(change.Address)),
        new("size", Hex(change.Size)),
        new("attributes", change.Attributes == KvmMemoryAttribute.Private ? "KVM_MEMORY_ATTRIBUTE_PRIVATE" : Hex((ulong)change.Attributes)),
        new("flags", Hex(change.Flags)),
    ]);

    private static KvmArgument Decode(in KvmUserspaceMemoryRegion2 region, Func<int, string> nameOfFile) => new("",
    [
        new("slot", Hex(region.Slot)),
        new("flags", region.Flags == KvmMemoryFlags.GuestMemfd ? "KVM_MEM_GUEST_MEMFD" : Hex((uint)region.Flags)),
        new("guest_phys_addr", Hex(region.GuestPhysicalAddress)),
        new("memory_size", Hex(region.MemorySize)),
        new("userspace_addr", Hex(region.UserspaceAddress)),
        new("guest_memfd_offset", Hex(region.GuestMemfdOffset)),
        new("guest_memfd", nameOfFile((int)region.GuestMemfd)),
    ]);

    private static KvmArgument Decode(in KvmCreateGuestMemfd create) => new("", [new("size", Hex(create.Size)), new("flags", Hex(create.Flags))]);

    private static KvmArgument Command(in KvmTdxCmd command, KvmArgument[] data) => new("", [Id(in command), new("flags", Hex(command.Flags)), new("data", data)]);

    private static KvmArgument Id(in KvmTdxCmd command) => new("id", KernelName("KVM_TDX_", command.Id.ToString()));

    private KvmArgument Field(string name, ulong value) => new(name, describe(name, value) is { } words ? $"{Hex(value)} ({words})" : Hex(value));

    private KvmArgument Decode(in KvmTdxCmd command) => command.Id switch
    {
        KvmTdxCommand.InitVm => Command(in command, Decode(in *(KvmTdxInitVm*)command.Data)),
        KvmTdxCommand.InitMemRegion => new("",
        [
            Id(in command),
            new("flags", (KvmTdxRegionFlags)command.Flags == KvmTdxRegionFlags.MeasureMemoryRegion ? "KVM_TDX_MEASURE_MEMORY_REGION" : Hex(command.Flags)),
            new("data", Decode(in *(KvmTdxInitMemRegion*)command.Data)),
        ]),
        _ => new("", [Id(in command), new("flags", Hex(command.Flags)), new("data", Hex(command.Data))]),
    };

    private KvmArgument[] Decode(in KvmTdxCapabilities capabilities, int result) =>
    [
        Field("supported_attrs", capabilities.SupportedAttrs),
        Field("supported_xfam", capabilities.SupportedXfam),
        Field("kernel_tdvmcallinfo_1_r11", capabilities.KernelR11),
        Field("user_tdvmcallinfo_1_r11", capabilities.UserR11),
        Field("kernel_tdvmcallinfo_1_r12", capabilities.KernelR12),
        Field("user_tdvmcallinfo_1_r12", capabilities.UserR12),
        new("cpuid", Filled(Follows(in capabilities.Cpuid), result)),
    ];

    private KvmArgument[] Decode(in KvmTdxInitVm parameters) =>
    [
        Field("attributes", parameters.Attributes),
        Field("xfam", parameters.Xfam),
        new("mrconfigid", Bytes(parameters.MrConfigId)),
        new("mrowner", Bytes(parameters.MrOwner)),
        new("mrownerconfig", Bytes(parameters.MrOwnerConfig)),
        new("cpuid", Table(Follows(in parameters.Cpuid))),
    ];

    private KvmArgument[] Decode(in KvmTdxInitMemRegion region) =>
        [Field("source_addr", region.SourceAddr), Field("gpa", region.Gpa), Field("nr_pages", region.NrPages)];

    private static KvmCpuid2* Follows(in KvmCpuid2 head) => (KvmCpuid2*)Unsafe.AsPointer(ref Unsafe.AsRef(in head));
}
