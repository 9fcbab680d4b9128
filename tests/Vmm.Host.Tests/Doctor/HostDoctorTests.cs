using System.Text.Json;
using Vmm.Core.Kvm;
using Vmm.Host.Doctor;
using Vmm.Host.Errors;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Doctor;

public sealed class HostDoctorTests : IDisposable
{
    private readonly TempFolder _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Examine_NoKvm_IsMissingWithAdvice()
    {
        IReadOnlyList<HostCheck> checks = Examine(() => KvmSystem.Open(path: Path.Combine(_root.Path, "kvm")));

        HostCheck kvm = checks[0];
        Assert.Equal(CheckStatus.Missing, kvm.Status);
        Assert.Contains("modprobe", kvm.Advice, StringComparison.Ordinal);
        Assert.Equal(ExitCode.HostCannot, HostDoctor.Verdict(checks));
        Assert.EndsWith("Emulated TDs cannot run on this host until what is missing and needed is there.", DoctorReport.Table(checks), StringComparison.Ordinal);
    }

    [Fact]
    public void Examine_KvmForbidden_IsAMatterOfPermission()
    {
        IReadOnlyList<HostCheck> checks = Examine(() => KvmSystem.Open(new DeniedSyscalls()));

        Assert.Contains("group", checks[0].Advice, StringComparison.Ordinal);
        Assert.Equal(ExitCode.NoPermission, HostDoctor.Verdict(checks));
    }

    [Fact]
    public void Json_Checks_ParsesWithTheSameContent()
    {
        IReadOnlyList<HostCheck> checks = [new("a \"name\"", CheckStatus.Warn, "found", "do this")];

        JsonElement json = JsonDocument.Parse(DoctorReport.Json(checks)).RootElement;

        Assert.True(json.GetProperty("emulatedTds").GetBoolean());
        JsonElement check = Assert.Single(json.GetProperty("checks").EnumerateArray());
        Assert.Equal("a \"name\"", check.GetProperty("name").GetString());
        Assert.Equal("warn", check.GetProperty("status").GetString());
        Assert.Equal("do this", check.GetProperty("advice").GetString());
    }

    [Theory]
    [InlineData("fpu", null, null, "no TDX")]
    [InlineData("fpu tdx_host_platform", null, "CONFIG_KVM_INTEL_TDX=n", "built without CONFIG_KVM_INTEL_TDX")]
    [InlineData("fpu tdx_host_platform", null, null, "knows nothing of it")]
    [InlineData("fpu tdx_host_platform", "N", "CONFIG_KVM_INTEL_TDX=y", "switched off in kvm_intel")]
    [InlineData("fpu tdx_host_platform", "Y", "CONFIG_KVM_INTEL_TDX=y", "offers no TDX VMs")]
    public void Examine_NoTdx_NamesTheMissingLink(string flags, string? parameter, string? config, string expected)
    {
        Write("proc/cpuinfo", $"processor : 0\nflags\t: {flags}\n");
        Write("proc/sys/kernel/osrelease", "9.9-test\n");
        Write("sys/module/kvm_intel/parameters/tdx", parameter);
        Write("boot/config-9.9-test", config);

        HostCheck tdx = Assert.Single(TdxChecks.Examine(new HostFiles(_root.Path), kvm: null));

        Assert.Contains(expected, tdx.Finding, StringComparison.Ordinal);
        Assert.False(tdx.IsRequired);
    }

    [Fact]
    public void Examine_TightLimits_AreWarnings()
    {
        Write("proc/meminfo", "MemTotal: 100 kB\nMemAvailable:     2048 kB\n");
        Write("proc/self/limits", "Limit                     Soft Limit           Hard Limit           Units     \nMax address space         1000000              unlimited            bytes     \n");
        Write("proc/sys/vm/max_map_count", "100");
        Write("sys/kernel/mm/transparent_hugepage/shmem_enabled", "always within_size advise [never] deny force");

        HostCheck[] checks = [.. MemoryChecks.Examine(new HostFiles(_root.Path))];

        Assert.All(checks, check => Assert.Equal(CheckStatus.Warn, check.Status));
        Assert.Equal("2 MiB available", checks[0].Finding);
        Assert.Equal("1000000 bytes", checks[1].Finding);
    }

    private IReadOnlyList<HostCheck> Examine(Func<KvmSystem> open) => new HostDoctor(new HostFiles(_root.Path), open).Examine();

    private void Write(string path, string? text)
    {
        if (text is not null)
        {
            string file = Path.Combine(_root.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }
    }

    /// <summary>A kernel that lets nobody at /dev/kvm.</summary>
    private sealed class DeniedSyscalls : IKvmSyscalls
    {
        private const int Denied = -13;

        public int Open(string path) => Denied;

        public int Ioctl(int file, uint request, nint argument) => Denied;

        public int Run(int vcpu) => Denied;

        public nint Map(int vcpu, int size) => 0;

        public void Unmap(nint address, int size)
        {
        }

        public int PunchHole(int file, ulong offset, ulong size) => throw new NotSupportedException();

        public void Close(int file)
        {
        }
    }
}
