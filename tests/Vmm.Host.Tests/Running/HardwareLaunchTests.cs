using System.Globalization;
using Vmm.Core.Kvm;
using Vmm.Core.Kvm.Recording;
using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Host.Measuring;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation.Measurement;
using Vmm.Tdx.Hardware.Launch;
using Vmm.Tdx.Tests.Firmware;
using Vmm.TdxModel;
using Vmm.TdxModel.Hardware;

namespace Vmm.Host.Tests.Running;

/// <summary>The launch of a TD on TDX hardware, as a whole: from a definition to KVM_TDX_FINALIZE_VM.</summary>
public sealed class HardwareLaunchTests
{
    private const ulong Mebibyte = 1 << 20;
    private const int Eintr = 4;
    private const int Eio = 5;
    private const int Eagain = 11;
    private const int Enomem = 12;
    private const int Ebusy = 16;
    private const int Einval = 22;
    private const int Enospc = 28;

    // Without these there is another way.
    private static readonly string[] Optional = ["KVM_GET_TSC_KHZ", "KVM_GET_API_VERSION"];

    // Asked for at another place, where they are needed; or used only if there.
    private static readonly string[] OptionalCapabilities = ["KVM_CAP_X86_APIC_BUS_CYCLES_NS", "KVM_CAP_VM_TSC_CONTROL", "KVM_CAP_IRQFD", "KVM_CAP_IRQ_ROUTING"];

    [Fact]
    public void Launch_IsTheSequenceOfTheKernelsDocument()
    {
        using ModelLaunch launch = new();
        bool mapped = false;
        launch.Kernel.Inject = (_, name) =>
        {
            mapped |= name == "KVM_TDX_FINALIZE_VM" && IsMapped(launch.Calls);
            return 0;
        };
        launch.Run();

        Assert.True(mapped);
        string[] steps = [.. launch.Calls.Select(StepOf).Where(step => !step.StartsWith("KVM_GET", StringComparison.Ordinal) && step != "KVM_CHECK_EXTENSION").Aggregate(new List<string>(), Distinct)];
        Assert.Equal(
            [
                "open", "KVM_CREATE_VM", "KVM_TDX_CAPABILITIES", "KVM_ENABLE_CAP", "KVM_SET_TSC_KHZ",
                "KVM_CREATE_GUEST_MEMFD", "KVM_SET_USER_MEMORY_REGION2", "KVM_SET_MEMORY_ATTRIBUTES",
                "KVM_CREATE_GUEST_MEMFD", "KVM_SET_USER_MEMORY_REGION2", "KVM_SET_MEMORY_ATTRIBUTES",
                "KVM_TDX_INIT_VM", "KVM_ENABLE_CAP", "KVM_X86_SET_MSR_FILTER", "KVM_CREATE_VCPU", "mmap", "KVM_CREATE_VCPU", "mmap", "KVM_SET_CPUID2", "KVM_TDX_INIT_VCPU", "KVM_TDX_INIT_MEM_REGION", "KVM_TDX_FINALIZE_VM",
            ],
            steps);
        Assert.Empty(launch.Kernel.Leaks);
    }

    [Fact]
    public async Task Launch_WhatIsAdded_IsWhatMeasurePredicts()
    {
        using ModelLaunch launch = new();
        launch.Run();

        MeasurementLog predicted = await LaunchPrediction.OfAsync(launch.Complete());

        Assert.Equal(Hex(predicted.Identity.MrTd), Hex(MrTdOf(launch)));
        Assert.All(launch.Kernel.AddedPages, page => Assert.True(page.IsMeasured));
    }

    [Fact]
    public void Launch_TheTd_IsWhatTheDefinitionSays()
    {
        byte[] owner = [.. Enumerable.Range(0, 48).Select(i => (byte)i)];
        using ModelLaunch launch = new() { Config = new MachineConfig { Backend = BackendKind.Tdx, Cpus = 3, Td = new TdConfig { MrOwner = owner, Xfam = 0xE7, Gpaw = 52 } } };
        launch.Run();

        TdImage td = launch.Td.Image!;
        Assert.Equal((1ul << 28, 0xE7ul, 52), (td.Attributes, td.Xfam, td.GpaWidth));
        Assert.Equal(owner, td.MrOwner);
        Assert.Equal([0ul, 0, 0], td.InitialRcx);
        Assert.True(td.IsPrivate(0) && td.IsPrivate(0xFFFF_F000));
    }

    [Theory]
    [InlineData(Eio)]
    [InlineData(Enomem)]
    [InlineData(Einval)]
    [InlineData(Enospc)]
    [InlineData(Ebusy)]
    [InlineData(Eagain)]
    [InlineData(Eintr)]
    public void Launch_AnyCallFails_LeavesNothingBehindAndNamesStepAndCause(int errno)
    {
        int calls = Count();
        for (int failing = 0; failing < calls; failing++)
        {
            using ModelLaunch launch = new();
            string failed = "";
            launch.Kernel.Inject = (number, name) =>
            {
                failed = number == failing ? name : failed;
                return number >= failing && name == failed ? -errno : 0;
            };

            Exception? exception = Record.Exception(launch.Run);

            Assert.True(launch.Kernel.Leaks.Count == 0, $"{failed}: {string.Join(", ", launch.Kernel.Leaks)} left");
            Assert.False(IsMapped(launch.Calls), $"{failed}: guest memory is still mapped");
            if (!Optional.Contains(failed))
            {
                AssertNames(failed, errno, exception, launch.Calls);
            }
        }
    }

    [Fact]
    public void Launch_BusyForAWhile_Succeeds()
    {
        using ModelLaunch launch = new();
        Dictionary<string, int> left = new() { ["KVM_TDX_INIT_VM"] = 3, ["KVM_TDX_INIT_VCPU"] = 2, ["KVM_TDX_INIT_MEM_REGION"] = 5, ["KVM_TDX_FINALIZE_VM"] = 19 };
        launch.Kernel.Inject = (_, name) => left.TryGetValue(name, out int count) && left.Remove(name) && (count == 0 || left.TryAdd(name, count - 1)) && count > 0 ? -Ebusy : 0;

        launch.Run();

        Assert.Equal(3 + 2 + 5 + 19, launch.Pauses);
    }

    [Fact]
    public void Launch_InterruptedAtEachPage_GoesOnWhereItStopped()
    {
        using ModelLaunch whole = new();
        whole.Run();
        using ModelLaunch launch = new();
        bool interrupt = false;
        launch.Kernel.InterruptRegion = () => (interrupt = !interrupt) ? -Eintr : 0;

        launch.Run();

        Assert.Equal(whole.Kernel.AddedPages.Select(page => page.Gpa), launch.Kernel.AddedPages.Select(page => page.Gpa));
        Assert.Equal(0, launch.Pauses);
    }

    [Fact]
    public void Launch_AttributeThatIsNotOffered_NamesBitAndFeature()
    {
        using ModelLaunch launch = new() { Config = new MachineConfig { Backend = BackendKind.Tdx, Td = new TdConfig { Attributes = (1ul << 28) | (1ul << 63) } } };

        TdxLaunchException refused = Assert.Throws<TdxLaunchException>(launch.Run);

        Assert.Equal(TdxLaunchStep.Parameters, refused.Step);
        Assert.Contains("td.attributes: this host does not offer bit 63 (PERF_MON)", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(launch.Kernel.Calls, call => call.Name == "KVM_TDX_INIT_VM");
        Assert.Empty(launch.Kernel.Leaks);
    }

    [Fact]
    public void Launch_NoKeyIdLeft_SaysSo()
    {
        using ModelLaunch launch = new(new TdxHost { FreeKeyIds = 0 });

        Assert.Contains("key ids", Assert.Throws<TdxLaunchException>(launch.Run).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Launch_MoreVcpusThanProcessors_SaysHowMany()
    {
        using ModelLaunch launch = new(new TdxHost { PresentCpus = 1 });

        Assert.Contains("it can have 1", Assert.Throws<TdxLaunchException>(launch.Run).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Launch_OfFirmware_IsWhatMeasurePredicts(bool guidTable)
    {
        using ModelLaunch launch = new() { Firmware = TestTdvf.Image(guidTable), Config = new MachineConfig { Backend = BackendKind.Tdx, Cpus = 2 }, HasInitrd = false };
        launch.Run();

        Assert.Equal([0x80_9000ul, 0x80_9000], launch.Td.Image!.InitialRcx);
        Assert.Equal(Hex((await LaunchPrediction.OfAsync(launch.Complete())).Identity.MrTd), Hex(MrTdOf(launch)));
        Assert.Empty(launch.Kernel.Leaks);
    }

    [Fact]
    public void Launch_FirmwareThatIsNone_NamesTheFile()
    {
        using ModelLaunch launch = new() { Firmware = new byte[4096] };

        UserErrorException refused = Assert.Throws<UserErrorException>(launch.Run);

        Assert.Equal(ExitCode.BadData, refused.Code);
        Assert.Contains("firmware: there is no TDX metadata", refused.Message, StringComparison.Ordinal);
    }

    private static Bytes48 MrTdOf(ModelLaunch launch)
    {
        using MrTdHash hash = new();
        foreach (AddedPage page in launch.Kernel.AddedPages)
        {
            hash.Add(new LaunchSection("page", new(page.Gpa, 4096), page.IsMeasured ? page.Content : default));
        }

        return hash.Finish();
    }

    private static int Count()
    {
        using ModelLaunch launch = new();
        launch.Run();
        return launch.Calls.Count(call => call.Name is not ("close" or "munmap" or "fallocate"));
    }

    private static void AssertNames(string failed, int errno, Exception? exception, IReadOnlyList<KvmCall> calls)
    {
        // The same call fails again and again: the first one that matters is the one to be named.
        string? capability = calls.Where(call => call.Result < 0).Select(call => call.Arguments is [var argument, ..] ? argument.ToString() ?? "" : "").FirstOrDefault(name => !OptionalCapabilities.Contains(name));
        if (exception is null && capability is null)
        {
            return;
        }

        Assert.True(exception is TdxLaunchException or KvmException, $"{failed} {capability}: {exception}");
        string expected = failed switch
        {
            "open" => "/dev/kvm",
            "mmap" => "shared page",
            "KVM_CHECK_EXTENSION" => capability == "KVM_CAP_MAX_VCPUS" ? "vCPUs" : capability ?? "",
            _ => failed.Split(' ')[0],
        };
        Assert.Contains(expected, exception!.Message, StringComparison.Ordinal);
        if (failed != "KVM_CHECK_EXTENSION")
        {
            Assert.Contains(System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(errno), exception.Message, StringComparison.Ordinal);
        }
    }

    // The test's machine has a size that nothing else has; its few pages of firmware may be where something else is by now.
    private static bool IsMapped(IReadOnlyList<KvmCall> calls)
    {
        // A mapping may have been made one with what lies beside it.
        (ulong Start, ulong End)[] maps = [.. File.ReadAllLines("/proc/self/maps").Select(line => line.Split('-', ' ')).Select(words => (ulong.Parse(words[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture), ulong.Parse(words[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture)))];
        foreach (KvmCall call in calls.Where(call => call.Request == "KVM_SET_USER_MEMORY_REGION2"))
        {
            ulong Field(string name) => Number(call.Arguments[0].Fields.Single(field => field.Name == name).Value);
            (ulong start, ulong size) = (Field("userspace_addr"), Field("memory_size"));
            if (size > Mebibyte && maps.Any(map => map.Start <= start && start + size <= map.End))
            {
                return true;
            }
        }

        return false;
    }

    private static ulong Number(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) ? ulong.Parse(text.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : ulong.Parse(text, CultureInfo.InvariantCulture);

    private static string StepOf(KvmCall call) => call.Request switch
    {
        "" => call.Name,
        "KVM_MEMORY_ENCRYPT_OP" => call.Arguments[0].Fields[0].Value,
        var request => request,
    };

    private static List<string> Distinct(List<string> steps, string step)
    {
        if (steps.Count == 0 || steps[^1] != step)
        {
            steps.Add(step);
        }

        return steps;
    }

    private static string Hex(Bytes48 value) => Convert.ToHexStringLower(value);
}
