using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Abstractions;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Attestation;
using Vmm.Tdx.Module;
using Vmm.Tdx.Module.Leaves;
using Vmm.Tdx.Module.Pages;
using Vmm.Tdx.VmCalls;

namespace Vmm.Tdx.Tests.Module;

/// <summary>A TD with 16 MiB, two vCPUs and every leaf; no KVM.</summary>
internal sealed class TdUnderTest : IDisposable
{
    public const ulong Page = 0x1000;
    public const ulong LargePage = 0x20_0000;
    public const ulong MemorySize = 8 * LargePage;
    public const ulong SharedBit = 1UL << 47;

    /// <summary>A page that <see cref="SharedPage"/> is not in.</summary>
    public const ulong PrivatePage = 0x3000;

    /// <summary>A page that the constructor shares; without the shared bit.</summary>
    public const ulong SharedPage = 0x5000;

    /// <summary>A page that the constructor leaves pending.</summary>
    public const ulong PendingPage = 0x7000;

    public static readonly GpaWidth Width = new(48);

    public TdUnderTest(ConfigFlags configFlags = ConfigFlags.NoRbpMod, TdAttributes attributes = TdAttributes.SeptVeDisable, uint[]? x2ApicIds = null)
    {
        Memory = GuestMemory.CreateIsolated(SharedBit, new MemoryRange(0, MemorySize));
        Pages = new SecureEpt(Memory, Width);
        Td = new TdState
        {
            Attributes = attributes,
            Xfam = Xfam.X87 | Xfam.Sse | Xfam.Avx,
            ConfigFlags = configFlags,
            GpaWidth = Width,
            VcpuCount = 2,
            MaxVcpus = 4,
            TscFrequency = 80,
            MrTd = Measurement(0x10),
            MrConfigId = Measurement(0x20),
            MrOwner = Measurement(0x30),
            MrOwnerConfig = Measurement(0x40),
            X2ApicIds = x2ApicIds ?? [0, 1],
        };
        Vcpu = new TdVcpu(new IdleVcpu(1));
        var operands = new GpaOperands(Memory, Pages, Width);
        var reports = new TdReportBuilder(Platform);
        var module = new ModuleState();
        Module = new TdxModule([
            new VpVmCall(new VmCallDispatcher([Vmm], Vmm, new VmCallFaults(NullLogger<VmCallFaults>.Instance, TimeProvider.System))),
            new VpInfo(Td),
            new MrRtmrExtend(Td, operands),
            new VpVeInfoGet(),
            new MrReport(Td, operands, reports),
            new VpCpuidVeSet(),
            new MemPageAccept(Pages, Width),
            new VmRd(Td),
            new VmWr(Td),
            new VpRd(),
            new VpWr(),
            new SysRd(module),
            new SysRdAll(module, operands),
            new ServTdRd(),
            new ServTdWr(),
            new MrVerifyReport(operands, reports),
            new MemPageAttrRd(Pages, Width),
            new MemPageAttrWr(Pages, Width),
        ]);
        Assert.Equal(MapGpaOutcome.Converted, Pages.Convert(SharedPage, Page, shared: true));
        Assert.Equal(MapGpaOutcome.Converted, Pages.Convert(PendingPage, Page, shared: true));
        Assert.Equal(MapGpaOutcome.Converted, Pages.Convert(PendingPage, Page, shared: false));
    }

    public GuestMemory Memory { get; }

    public SecureEpt Pages { get; }

    public TdState Td { get; }

    public TdVcpu Vcpu { get; }

    public EmulatedPlatform Platform { get; } = new();

    public RecordingVmm Vmm { get; } = new();

    public TdxModule Module { get; }

    /// <summary>Registers that all differ, so that a leaf that touches what it must not is seen.</summary>
    public static KvmRegs Patterned()
    {
        KvmRegs registers = default;
        Span<ulong> values = Values(ref registers);
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = 0x1111_1111_1111_1111UL * (ulong)(i % 15 + 1);
        }

        return registers;
    }

    public static Span<ulong> Values(ref KvmRegs registers) => MemoryMarshal.Cast<KvmRegs, ulong>(new Span<KvmRegs>(ref registers));

    public static Bytes48 Measurement(byte seed)
    {
        Bytes48 value = default;
        for (int i = 0; i < 48; i++)
        {
            value[i] = (byte)(seed + i);
        }

        return value;
    }

    public TdCallResult Call(TdCallLeaf leaf, ref KvmRegs registers, byte version = 0)
    {
        registers.Rax = (ulong)leaf | ((ulong)version << 16);
        return Module.Call(Vcpu, ref registers);
    }

    /// <summary>Makes a call that must complete and change no register but RAX and the named ones.</summary>
    public KvmRegs Complete(TdCallLeaf leaf, KvmRegs registers, ulong expectedStatus, string outputs = "", byte version = 0)
    {
        registers.Rax = (ulong)leaf | ((ulong)version << 16);
        KvmRegs before = registers;
        TdCallResult result = Module.Call(Vcpu, ref registers);

        Assert.Null(result.Violation);
        Assert.Equal(new TdxStatus(expectedStatus).ToString(), new TdxStatus(registers.Rax).ToString());
        AssertPreserved(before, registers, "Rax " + outputs);
        return registers;
    }

    /// <summary>Makes a call that must end in a violation, with all registers as they were.</summary>
    public SeptViolation Violate(TdCallLeaf leaf, KvmRegs registers)
    {
        registers.Rax = (ulong)leaf;
        KvmRegs before = registers;
        TdCallResult result = Module.Call(Vcpu, ref registers);

        AssertPreserved(before, registers, "");
        Assert.False(result.IsSuccess);
        return Assert.NotNull(result.Violation);
    }

    public void Dispose() => Memory.Dispose();

    private static void AssertPreserved(KvmRegs before, KvmRegs after, string outputs)
    {
        foreach (System.Reflection.FieldInfo register in typeof(KvmRegs).GetFields())
        {
            if (!outputs.Contains(register.Name, StringComparison.Ordinal))
            {
                Assert.True(Equals(register.GetValue(before), register.GetValue(after)), $"{register.Name} is no output, but changed");
            }
        }
    }
}
