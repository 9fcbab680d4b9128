using Microsoft.Extensions.DependencyInjection;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Tests.VmCalls.Fakes;
using Vmm.Tdx.VmCalls;
using Vmm.Tdx.VmCalls.Handlers;

namespace Vmm.Tdx.Tests.VmCalls;


public sealed class VmCallDispatcherTests
{
    [Fact]
    public void Constructor_TwoHandlersOfALeaf_NamesBoth()
    {
        using TestTd td = new();
        IVmCallHandler[] handlers = [new HltHandler(), new FaultyHandler(VmCallLeaf.InstructionHlt)];

        ArgumentException error = Assert.Throws<ArgumentException>(
            () => new VmCallDispatcher(handlers, td.Get<IVendorCallHandler>(), td.Get<VmCallFaults>()));

        Assert.Contains(nameof(HltHandler), error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(FaultyHandler), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dispatch_FaultyHandler_AnswersInvalidOperandAndNothingElse()
    {
        using TestTd td = new(services => services.AddScoped<IVmCallHandler>(_ => new FaultyHandler((VmCallLeaf)0x10007)));

        VmCallRegisters result = td.Call((VmCallLeaf)0x10007, 1, 2, 3, 4);

        VmCallRegisters expected = TestTd.Junk with { R10 = 0x8000000000000000, R11 = 0x10007, R12 = 1, R13 = 2, R14 = 3, R15 = 4 };
        Assert.Equal(expected, result);
        Assert.Equal(1, td.Get<VmCallFaults>().Count);
    }

    [Fact]
    public void ReplaceVmCallHandler_OneLine_TakesEffect()
    {
        using TestTd td = new(services => services.ReplaceVmCallHandler<WbinvdHandler, ObligingWbinvdHandler>());

        Assert.Equal(VmCallStatus.Success, td.Call(VmCallLeaf.InstructionWbinvd).Status);
    }

    [Theory]
    [InlineData(VmCallLeaf.InstructionCpuid, "R12 R13 R14 R15")]
    [InlineData(VmCallLeaf.InstructionHlt, "")]
    [InlineData(VmCallLeaf.InstructionIo, "R11")]
    [InlineData(VmCallLeaf.InstructionRdmsr, "R11")]
    [InlineData(VmCallLeaf.InstructionWrmsr, "")]
    [InlineData(VmCallLeaf.RequestMmio, "R11")]
    [InlineData(VmCallLeaf.InstructionWbinvd, "")]
    [InlineData(VmCallLeaf.InstructionRdpmc, "")]
    [InlineData(VmCallLeaf.GetTdVmCallInfo, "R11 R12 R13 R14")]
    [InlineData(VmCallLeaf.MapGpa, "R11")]
    [InlineData(VmCallLeaf.GetQuote, "")]
    [InlineData(VmCallLeaf.ReportFatalError, "")]
    [InlineData(VmCallLeaf.SetupEventNotifyInterrupt, "")]
    [InlineData(VmCallLeaf.Service, "")]
    [InlineData(VmCallLeaf.MigTd, "")]
    public void Dispatch_AnyOperands_ChangesOnlyTheRegistersOfTheLeaf(VmCallLeaf leaf, string outputs)
    {
        using TestTd td = new();
        HashSet<string> mayChange = [nameof(VmCallRegisters.R10), .. outputs.Split(' ')];
        Random random = new(4711);
        for (int i = 0; i < 2000; i++)
        {
            VmCallRegisters passed = HostileGuest.Registers(random) with { R10 = 0, R11 = (ulong)leaf };
            VmCallRegisters result = passed;
            td.Dispatcher.Dispatch(td.Vcpu, ref result);
            foreach (var field in typeof(VmCallRegisters).GetFields().Where(field => !mayChange.Contains(field.Name)))
            {
                Assert.Equal(field.GetValue(passed), field.GetValue(result));
            }
        }
    }

    private sealed class FaultyHandler(VmCallLeaf leaf) : IVmCallHandler
    {
        public VmCallLeaf Leaf => leaf;

        public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result)
        {
            result.R12 = 99;
            throw new InvalidOperationException("a bug");
        }
    }

    private sealed class ObligingWbinvdHandler : IVmCallHandler
    {
        public VmCallLeaf Leaf => VmCallLeaf.InstructionWbinvd;

        public VmCallStatus Handle(in VmCallRequest call, ref VmCallRegisters result) => VmCallStatus.Success;
    }
}
