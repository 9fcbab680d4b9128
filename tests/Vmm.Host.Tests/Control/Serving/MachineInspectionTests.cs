using System.Globalization;
using Grpc.Core;
using Vmm.Guests;
using Vmm.Host.Control.Api;
using Vmm.Host.Control.Errors;
using Vmm.Host.Tests.Cli;
using Vmm.Testing;

namespace Vmm.Host.Tests.Control.Serving;

/// <summary>What the API tells of a machine's inside, and changes there: traces, counters, devices, policies.</summary>
public sealed class MachineInspectionTests
{
    private const string Prompt = "> ";

    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [KvmFact]
    public async Task Metrics_WhilePaused_StandStill()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        double before = await ExitsAsync(vmm);
        while (await ExitsAsync(vmm) <= before)
        {
            await Task.Delay(1, Cancellation);
        }

        await vmm.Machines.PauseAsync(new PauseRequest());
        double paused = await ExitsAsync(vmm);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(paused, await ExitsAsync(vmm));
        }

        await vmm.Machines.ResumeAsync(new ResumeRequest());
        while (await ExitsAsync(vmm) <= paused)
        {
            await Task.Delay(1, Cancellation);
        }
    }

    [KvmFact]
    public async Task Metrics_OfARunningTd_HaveAllFamiliesAndGoOnOverAReset()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        await vmm.Machines.MetricsAsync(new MetricsRequest());
        using TestConsole console = await vmm.ConsoleAsync(scrollBack: 1000);
        await console.TypeAsync("in 61f\n");
        await console.ReadToAsync("ff\n");

        Dictionary<string, double> metrics = Parse((await vmm.Machines.MetricsAsync(new MetricsRequest { Name = "monitor" })).Text);

        Assert.Equal(16 << 20, metrics["vmm_guest_memory_bytes{machine=\"monitor\"}"]);
        Assert.Equal(1, metrics["vmm_state{machine=\"monitor\",state=\"running\"}"]);
        Assert.True(metrics["vmm_resident_bytes{machine=\"monitor\",kind=\"own\"}"] > 1 << 20);
        Assert.True(metrics["vmm_vcpu_seconds_total{machine=\"monitor\",vcpu=\"0\"}"] > 0);
        Assert.True(metrics["vmm_device_total{machine=\"monitor\",device=\"com1\",what=\"writes\"}"] >= "> in 61f\nff\n".Length);
        double answered = metrics["vmm_tdvmcalls_total{machine=\"monitor\",leaf=\"Instruction.IO\",status=\"SUCCESS\"}"];
        Assert.True(answered > 10);
        const string Call = "machine=\"monitor\",call=\"TDG.VP.VMCALL<Instruction.IO>\"";
        Assert.InRange(metrics[$"vmm_call_seconds_count{{{Call}}}"], 1, double.MaxValue);
        Assert.Equal(metrics[$"vmm_call_seconds_count{{{Call}}}"], metrics[$"vmm_call_seconds_bucket{{{Call},le=\"+Inf\"}}"]);
        Assert.True(metrics[$"vmm_call_seconds_bucket{{{Call},le=\"1.6384E-05\"}}"] <= metrics[$"vmm_call_seconds_count{{{Call}}}"]);

        await vmm.Machines.ResetAsync(new ResetRequest());
        Dictionary<string, double> later = Parse((await vmm.Machines.MetricsAsync(new MetricsRequest())).Text);
        Assert.True(later["vmm_tdvmcalls_total{machine=\"monitor\",leaf=\"Instruction.IO\",status=\"SUCCESS\"}"] >= answered);
        Assert.Equal(1, later["vmm_resets_total{machine=\"monitor\"}"]);
    }

    [KvmFact]
    public async Task Trace_Filtered_TellsCallsWithTheirRegisters()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        using TestConsole console = await vmm.ConsoleAsync(scrollBack: 1000);
        await console.ReadToAsync(Prompt);
        using AsyncServerStreamingCall<TraceBatch> trace = vmm.Machines.Trace(new TraceRequest { Filter = "io", Vcpus = { 0 } });
        await trace.ResponseHeadersAsync;

        await console.TypeAsync("in 61f\n");
        TraceEvent read = await TraceReading.FindAsync(trace, one => one.Input["r14"] == 0x61F, () => console.TypeAsync("in 61f\n"));

        Assert.Equal("TDG.VP.VMCALL<Instruction.IO>", read.Function);
        Assert.Equal(("SUCCESS", false, 0U), (read.Status, read.Error, read.Vcpu));
        Assert.Equal((30UL, 1UL, 0UL), (read.Input["r11"], read.Input["r12"], read.Input["r13"]));
        Assert.Equal((0UL, 0xFFUL), (read.Output["r10"], read.Output["r11"]));
        Assert.StartsWith("[vcpu0] TDG.VP.VMCALL<Instruction.IO>(size=1, in, port=0x61f) = SUCCESS {data=0xff}", read.Text, StringComparison.Ordinal);
        Assert.InRange(read.At.ToDateTimeOffset(), DateTimeOffset.UtcNow - ControlledVmm.Patience, DateTimeOffset.UtcNow);
    }

    [KvmFact]
    public async Task Trace_AReaderThatDoesNotRead_MissesAndHoldsNobodyUp()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        using TestConsole console = await vmm.ConsoleAsync(scrollBack: 1000);
        using AsyncServerStreamingCall<TraceBatch> trace = vmm.Machines.Trace(new TraceRequest());
        await trace.ResponseHeadersAsync;

        Assert.True(await TraceReading.UntilMissedAsync(trace, () => ExitsAsync(vmm)) > 0); // the monitor polls its line
        await console.TypeAsync("in 61f\n");
        await console.ReadToAsync("ff\n");
    }

    [KvmFact]
    public async Task Trace_AskedForWhatThereIsNot_IsRefused()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();

        await RefusesTraceAsync(vmm, ControlReason.BadArgument, new TraceRequest { Filter = "nonsense" });
        await RefusesTraceAsync(vmm, ControlReason.BadArgument, new TraceRequest { Vcpus = { 1 } });
    }

    [KvmFact]
    public async Task Devices_OfPortsOnly_ComeAndGo()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        using TestConsole console = await vmm.ConsoleAsync(scrollBack: 1000);
        await console.ReadToAsync(Prompt);
        Assert.Equal("ff", await InAsync(console, "510"));

        DeviceList list = await vmm.Machines.AttachDeviceAsync(new AttachDeviceRequest { Device = "debug-console,name=extra,port=0x510,stream=none", RequestId = "a" });
        Assert.Equal(("debug-console", true), list.Devices.Where(device => device.Name == "extra").Select(device => (device.Type, device.Detachable)).Single());
        Assert.Equal("e9", await InAsync(console, "510"));

        await vmm.Machines.ResetAsync(new ResetRequest());
        await console.ReadToAsync(Prompt);
        Assert.Equal("e9", await InAsync(console, "510"));

        list = await vmm.Machines.DetachDeviceAsync(new DetachDeviceRequest { Device = "extra" });
        Assert.DoesNotContain(list.Devices, device => device.Name == "extra");
        Assert.Equal("ff", await InAsync(console, "510"));
        await vmm.Machines.AttachDeviceAsync(new AttachDeviceRequest { Device = "debug-console,name=extra,port=0x510,stream=none" });
        Assert.Equal("e9", await InAsync(console, "510"));
    }

    [KvmTheory]
    [InlineData("debug-console,name=com1,port=0x510,stream=none", ControlReason.BadArgument)] // the name
    [InlineData("debug-console,name=x,port=0x3f8,stream=none", ControlReason.BadArgument)] // the port
    [InlineData("debug-console,name=x,port=0x3f8,colour=red", ControlReason.BadArgument)]
    [InlineData("nonsense", ControlReason.BadArgument)]
    [InlineData("", ControlReason.BadArgument)]
    [InlineData("uart16550,name=com2,port=0x2f8,stream=none", ControlReason.NotNow)]
    [InlineData("virtio-rng,name=rng", ControlReason.NotNow)]
    public async Task Attach_WhatCannotBe_IsRefusedAndChangesNothing(string device, ControlReason reason)
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        DeviceList before = await vmm.Machines.ListDevicesAsync(new ListDevicesRequest());

        await MachinesServiceTests.RefusesAsync(reason, async () => await vmm.Machines.AttachDeviceAsync(new AttachDeviceRequest { Device = device }));

        DeviceList after = await vmm.Machines.ListDevicesAsync(new ListDevicesRequest());
        Assert.Equal(before.Devices.Select(each => each.Name), after.Devices.Select(each => each.Name));
        Assert.Equal(State.Running, (await vmm.Machines.GetAsync(new GetRequest())).State);
    }

    [KvmFact]
    public async Task Detach_WhatCannotGo_IsRefused()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();

        await MachinesServiceTests.RefusesAsync(ControlReason.NotNow, async () => await vmm.Machines.DetachDeviceAsync(new DetachDeviceRequest { Device = "com1" }));
        await MachinesServiceTests.RefusesAsync(ControlReason.BadArgument, async () => await vmm.Machines.DetachDeviceAsync(new DetachDeviceRequest { Device = "none" }));
    }

    [KvmFact]
    public async Task Policy_OfMsrs_ChangesWhileTheGuestRuns_ThatOfCpuidDoesNot()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        PolicyState before = await vmm.Machines.GetPolicyAsync(new GetPolicyRequest());
        Assert.Equal(["msr"], before.Changeable);

        const string Msr = """{ "msr": { "default": "deny", "rules": [ { "index": "0x1234", "action": "store", "value": 5 } ] } }""";
        PolicyState after = await vmm.Machines.SetPolicyAsync(new SetPolicyRequest { Policy = Msr });

        Assert.Contains("0x1234", after.Policy, StringComparison.Ordinal);
        Assert.Contains("0x40000000", after.Policy, StringComparison.Ordinal); // CPUID is as it was
        Assert.Equal(after, await vmm.Machines.GetPolicyAsync(new GetPolicyRequest()));
        Assert.Equal(after, await vmm.Machines.SetPolicyAsync(new SetPolicyRequest { Policy = after.Policy }));
        await MachinesServiceTests.RefusesAsync(ControlReason.NotNow, async () =>
            await vmm.Machines.SetPolicyAsync(new SetPolicyRequest { Policy = """{ "cpuid": { "default": "drop" } }""" }));
        await MachinesServiceTests.RefusesAsync(ControlReason.BadPolicy, async () => await vmm.Machines.SetPolicyAsync(new SetPolicyRequest { Policy = "{ \"msr\": 5 }" }));
        await MachinesServiceTests.RefusesAsync(ControlReason.BadPolicy, async () => await vmm.Machines.SetPolicyAsync(new SetPolicyRequest { Policy = "{}" }));
        await MachinesServiceTests.RefusesAsync(ControlReason.BadPolicy, async () => await vmm.Machines.SetPolicyAsync(new SetPolicyRequest { Policy = "" }));
    }

    [KvmFact]
    public async Task Process_BeforeTheFirstClient_HasNothingOfTheServerLoaded()
    {
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        byte[] printed = new byte[Prompt.Length];
        await vmm.Process.StandardOutput.BaseStream.ReadExactlyAsync(printed, Cancellation); // the guest runs

        string maps = await File.ReadAllTextAsync($"/proc/{vmm.Process.Id}/maps", Cancellation);

        Assert.Contains("Vmm.Core.dll", maps, StringComparison.Ordinal);
        Assert.All(["Microsoft.AspNetCore.Server", "Microsoft.AspNetCore.Http", "Grpc.", "Protobuf", "System.Net.Http"], library => Assert.DoesNotContain(library, maps, StringComparison.Ordinal));
        await vmm.Machines.GetAsync(new GetRequest());
        Assert.Contains("Microsoft.AspNetCore.Server", await File.ReadAllTextAsync($"/proc/{vmm.Process.Id}/maps", Cancellation), StringComparison.Ordinal);
    }

    [KvmFact]
    public async Task Socket_OfAKilledProcess_IsReplaced_AndThatOfALivingOneIsNot()
    {
        using TempFolder folder = new();
        await using ControlledVmm vmm = await ControlledVmm.StartAsync();
        string kernel = Path.Combine(folder.Path, "hello.elf");
        File.WriteAllBytes(kernel, ElfImage.Create(HelloTd.Assemble()));
        string[] second = ["run", "--kernel", kernel, "--memory", "64M", "--control", vmm.Socket];

        using System.Diagnostics.Process refused = ControlledVmm.Start(folder.Path, new Dictionary<string, string>(StringComparer.Ordinal), second);
        await refused.WaitForExitAsync(Cancellation);
        Assert.Equal(73, refused.ExitCode);
        Assert.Equal(State.Running, (await vmm.Machines.GetAsync(new GetRequest())).State);

        vmm.Process.Kill();
        await vmm.Process.WaitForExitAsync(Cancellation);
        using System.Diagnostics.Process next = ControlledVmm.Start(folder.Path, new Dictionary<string, string>(StringComparer.Ordinal), second);
        Assert.StartsWith("Hello", await next.StandardOutput.ReadToEndAsync(Cancellation), StringComparison.Ordinal);
        await next.WaitForExitAsync(Cancellation);
        Assert.Equal(0, next.ExitCode);
    }

    private static async Task<string> InAsync(TestConsole console, string port)
    {
        await console.TypeAsync($"in {port}\n");
        await console.ReadToAsync("\n");
        return (await console.ReadToAsync("\n> "))[..2];
    }

    private static async Task RefusesTraceAsync(ControlledVmm vmm, ControlReason reason, TraceRequest request)
    {
        using AsyncServerStreamingCall<TraceBatch> trace = vmm.Machines.Trace(request);
        await MachinesServiceTests.RefusesAsync(reason, () => trace.ResponseStream.MoveNext(Cancellation));
    }

    private static async Task<double> ExitsAsync(ControlledVmm vmm) => Parse((await vmm.Machines.MetricsAsync(new MetricsRequest())).Text)
        .Where(metric => metric.Key.StartsWith("vmm_exits_total", StringComparison.Ordinal))
        .Sum(metric => metric.Value);

    private static Dictionary<string, double> Parse(string text) => text
        .Split('\n', StringSplitOptions.RemoveEmptyEntries)
        .Where(line => !line.StartsWith('#'))
        .ToDictionary(line => line[..line.LastIndexOf(' ')], line => double.Parse(line[line.LastIndexOf(' ')..], CultureInfo.InvariantCulture), StringComparer.Ordinal);
}
