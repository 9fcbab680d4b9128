using System.Text.Json;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Recording;
using Vmm.Host.Cli;
using Vmm.Host.Configuration;
using Vmm.Host.Doctor;
using Vmm.Host.Errors;
using Vmm.Host.Running;
using Vmm.Host.Tests.Cli;

namespace Vmm.Host.Tests.Running;

public sealed class DryRunTests : IDisposable
{
    private readonly ModelLaunch _launch = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    public void Dispose() => _launch.Dispose();

    [Fact]
    public void DryRun_Text_HasOneDecodedCallALine()
    {
        Assert.Equal(0, Vmm("--dry-run"));

        string[] lines = _output.ToString().TrimEnd().Split('\n');
        Assert.StartsWith("# answers are those of a reference platform: ", lines[0], StringComparison.Ordinal);
        Assert.All(lines.Skip(1), line => Assert.Matches("^(open|ioctl|mmap)\\(.*\\) = ", line));
        Assert.Contains("ioctl(/dev/kvm, KVM_CREATE_VM, KVM_X86_TDX_VM) = 4", lines);
        Assert.Contains(lines, line => line.Contains("id=KVM_TDX_INIT_VM, flags=0, data={attributes=0x10000000 (SEPT_VE_DISABLE), xfam=7 (X87|SSE|AVX)", StringComparison.Ordinal));
        Assert.Contains("id=KVM_TDX_FINALIZE_VM", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void DryRun_Json_IsTheSameCalls()
    {
        Assert.Equal(0, Vmm("--dry-run", "-o", "json"));

        JsonElement[] calls = [.. JsonDocument.Parse(_output.ToString()).RootElement.GetProperty("calls").EnumerateArray()];
        JsonElement region = calls.First(call => call.TryGetProperty("request", out JsonElement request) && request.GetString() == "KVM_SET_USER_MEMORY_REGION2");
        Assert.Equal("0x2500000", region.GetProperty("arguments")[0].GetProperty("memory_size").GetString());
        Assert.Equal("KVM_TDX_FINALIZE_VM", calls[^1].GetProperty("arguments")[0].GetProperty("id").GetString());
    }

    [Fact]
    public async Task DryRun_TheModelsKernel_TakesTheSameSequence()
    {
        _launch.Run();
        IReadOnlyList<KvmCall> dry = await LaunchDryRun.RecordAsync(_launch.Complete());

        Assert.Equal(_launch.Calls.Select(call => (call.Name, call.Request)), dry.Select(call => (call.Name, call.Request)));
    }

    [Theory]
    [InlineData("backend is \"emulated\"", "--dry-run", "--backend", "emulated")]
    [InlineData("guest is \"ordinary\"", "--dry-run", "--guest", "ordinary")]
    [InlineData("the format is for --dry-run", "-o", "json")]
    public void DryRun_Mistake_OneLine(string expected, params string[] arguments)
    {
        Assert.Equal((int)ExitCode.Usage, Vmm(arguments));
        Assert.Contains(expected, _errors.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BackendKind.Auto, true, BackendKind.Tdx)]
    [InlineData(BackendKind.Auto, false, BackendKind.Emulated)]
    [InlineData(BackendKind.Tdx, true, BackendKind.Tdx)]
    [InlineData(BackendKind.Emulated, true, BackendKind.Emulated)]
    public void Backend_OfAHost_IsTheBestThatWorks(BackendKind asked, bool hasTdx, BackendKind expected)
    {
        using KvmSystem kvm = KvmSystem.Open(new TdxModel.TdxKernel(hasTdx ? null : new TdxModel.TdxHost { Extensions = new Dictionary<uint, int>() }));
        MachinePlan plan = MachinePlan.Create(_launch.Complete() with { Backend = asked });

        Assert.Equal(expected, BackendChoice.Settle(plan, kvm, NoFiles()).Config.Backend);
    }

    [Fact]
    public void Backend_TdxOnAHostWithout_NamesTheMissingLink()
    {
        using KvmSystem kvm = KvmSystem.Open(new TdxModel.TdxKernel(new TdxModel.TdxHost { Extensions = new Dictionary<uint, int>() }));

        UserErrorException refused = Assert.Throws<UserErrorException>(() => BackendChoice.Settle(MachinePlan.Create(_launch.Complete()), kvm, NoFiles()));

        Assert.Equal(ExitCode.HostCannot, refused.Code);
        Assert.Contains("backend \"tdx\": the processor or its firmware offers no TDX", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Doctor_ATdxHost_ChecksWhatTdsNeed()
    {
        using KvmSystem kvm = KvmSystem.Open(new TdxModel.TdxKernel());

        HostCheck[] checks = [.. TdxChecks.Examine(NoFiles(), kvm)];

        Assert.True(HostDoctor.HasTdx(checks));
        Assert.Contains(checks, check => check is { Name: "tdx quotes", Status: CheckStatus.Warn });
        Assert.All(checks.Where(check => check.Name.StartsWith("tdx KVM_CAP", StringComparison.Ordinal)), check => Assert.Equal(CheckStatus.Ok, check.Status));
    }

    [Fact]
    public void Doctor_ATdxHostWithoutGuestMemfd_IsNotWhole()
    {
        Dictionary<uint, int> extensions = new(new TdxModel.TdxHost().Extensions);
        extensions.Remove((uint)KvmCap.GuestMemfd);
        using KvmSystem kvm = KvmSystem.Open(new TdxModel.TdxKernel(new TdxModel.TdxHost { Extensions = extensions }));

        Assert.False(HostDoctor.HasTdx([.. TdxChecks.Examine(NoFiles(), kvm)]));
    }

    private static HostFiles NoFiles() => new("/nowhere");

    private int Vmm(params string[] arguments)
    {
        MachineConfig config = _launch.Complete();
        return new CommandLine(new FakeRunner(), _output, _errors).Run(["run", "--kernel", config.Kernel, "--memory", "37M", .. arguments]);
    }
}
