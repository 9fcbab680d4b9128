namespace Vmm.TdxModel.Uapi;

/// <summary>ioctl numbers (linux/kvm.h), as numbers: the model does not believe the product's own composition of them.</summary>
public static class Ioctls
{
    public const uint GetApiVersion = 0xAE00;
    public const uint CreateVm = 0xAE01;
    public const uint CheckExtension = 0xAE03;
    public const uint GetVcpuMmapSize = 0xAE04;
    public const uint GetSupportedCpuid = 0xC008AE05;
    public const uint CreateVcpu = 0xAE41;
    public const uint SetUserMemoryRegion = 0x4020AE46;
    public const uint SetTssAddr = 0xAE47;
    public const uint SetIdentityMapAddr = 0x4008AE48;
    public const uint SetUserMemoryRegion2 = 0x40A0AE49;
    public const uint CreateIrqchip = 0xAE60;
    public const uint SetGsiRouting = 0x4008AE6A;
    public const uint Irqfd = 0x4020AE76;
    public const uint Ioeventfd = 0x4040AE79;
    public const uint Run = 0xAE80;
    public const uint GetRegs = 0x8090AE81;
    public const uint SetRegs = 0x4090AE82;
    public const uint GetSregs = 0x8138AE83;
    public const uint SetSregs = 0x4138AE84;
    public const uint GetMsrs = 0xC008AE88;
    public const uint SetMsrs = 0x4008AE89;
    public const uint SetSignalMask = 0x4004AE8B;
    public const uint SetCpuid2 = 0x4008AE90;
    public const uint GetMpState = 0x8004AE98;
    public const uint SetMpState = 0x4004AE99;
    public const uint Nmi = 0xAE9A;
    public const uint SetGuestDebug = 0x4048AE9B;
    public const uint GetVcpuEvents = 0x8040AE9F;
    public const uint SetVcpuEvents = 0x4040AEA0;
    public const uint SetTscKhz = 0xAEA2;
    public const uint GetTscKhz = 0xAEA3;
    public const uint EnableCap = 0x4068AEA3;
    public const uint SignalMsi = 0x4020AEA5;
    public const uint MemoryEncryptOp = 0xC008AEBA;
    public const uint X86SetMsrFilter = 0x4188AEC6;
    public const uint SetMemoryAttributes = 0x4020AED2;
    public const uint CreateGuestMemfd = 0xC040AED4;

    private static readonly Dictionary<uint, string> Names = typeof(Ioctls).GetFields()
        .ToDictionary(field => (uint)field.GetRawConstantValue()!, field => "KVM_" + ToUpperSnakeCase(field.Name));

    /// <summary>What linux/kvm.h calls a request.</summary>
    public static string NameOf(uint request) => Names.TryGetValue(request, out string? name) ? name : $"ioctl 0x{request:x}";

    private static string ToUpperSnakeCase(string name) => System.Text.Json.JsonNamingPolicy.SnakeCaseUpper.ConvertName(name);
}
