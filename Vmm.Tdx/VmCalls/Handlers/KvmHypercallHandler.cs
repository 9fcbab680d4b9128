using System.Numerics;
using Vmm.Core.Interrupts;
using Vmm.Core.Memory;
using Vmm.Tdx.Abi;
using Vmm.Tdx.Policies;

namespace Vmm.Tdx.VmCalls.Handlers;

/// <summary>Vendor calls: KVM's hypercalls. R10 = number, R11..R14 = arguments; R10 = result, negative for an error.</summary>
public sealed class KvmHypercallHandler(CpuidTables cpuid, IPageConverter pages, IMsiSink interrupts, IVcpuKicker vcpus, GpaWidth gpaWidth)
    : IVendorCallHandler
{
    private const long Done = 0;
    private const long InvalidArgument = -22; // KVM_EINVAL
    private const long NotSupported = -95; // KVM_EOPNOTSUPP
    private const long NoSuchCall = -1000; // KVM_ENOSYS

    private const ulong EncryptedAttribute = 1 << 4;
    private const ulong IcrUnusable = 0x800 | 0xC0000; // logical destinations and shorthands: the bitmap is the destination
    private const ulong IcrVectorAndMode = 0x7FF;
    private const ulong IcrMode = 0x700;
    private const ulong FixedMode = 0;
    private const ulong NmiMode = 0x400;

    /// <inheritdoc/>
    public ulong Handle(in VmCallRequest call, ref VmCallRegisters result)
    {
        ref readonly VmCallRegisters passed = ref call.Registers;
        KvmFeatures features = cpuid[call.Vcpu.Index].KvmFeatures;
        return (ulong)((KvmHypercall)passed.R10 switch
        {
            KvmHypercall.VapicPollIrq => Done,
            KvmHypercall.KickCpu when (features & KvmFeatures.PvUnhalt) != 0 => Kick((uint)passed.R12),
            KvmHypercall.ClockPairing => NotSupported, // no clock here is tied to the host's
            KvmHypercall.SendIpi when (features & KvmFeatures.PvSendIpi) != 0 => SendIpi(passed.R11, passed.R12, (uint)passed.R13, passed.R14),
            KvmHypercall.SchedYield when (features & KvmFeatures.PvSchedYield) != 0 => Yield(),
            KvmHypercall.MapGpaRange => MapGpaRange(passed.R11, passed.R12, passed.R13),
            _ => NoSuchCall,
        });
    }

    private static long Yield()
    {
        Thread.Yield();
        return Done;
    }

    private long Kick(uint apicId)
    {
        vcpus.Kick(apicId);
        return Done;
    }

    private long SendIpi(ulong low, ulong high, uint firstApicId, ulong icr)
    {
        // A TD's vCPUs know neither INIT nor SIPI nor SMI.
        if ((icr & IcrUnusable) != 0 || (icr & IcrMode) is not (FixedMode or NmiMode))
        {
            return InvalidArgument;
        }

        uint data = (uint)(icr & IcrVectorAndMode);
        return Deliver(low, firstApicId, data) + Deliver(high, (ulong)firstApicId + 64, data);
    }

    private int Deliver(ulong destinations, ulong firstApicId, uint data)
    {
        int delivered = 0;
        for (; destinations != 0; destinations &= destinations - 1)
        {
            ulong apicId = firstApicId + (ulong)BitOperations.TrailingZeroCount(destinations);
            if (apicId < (ulong)cpuid.Count)
            {
                var message = MsiMessage.To((uint)apicId, data);
                delivered += interrupts.Signal(message.Address, message.Data) ? 1 : 0;
            }
        }

        return delivered;
    }

    private long MapGpaRange(ulong gpa, ulong pageCount, ulong attributes)
    {
        ulong last = gpaWidth.SharedBit / GuestMemory.PageSize;
        if (gpa % GuestMemory.PageSize != 0 || pageCount == 0 || gpa >= gpaWidth.SharedBit || pageCount > last - (gpa / GuestMemory.PageSize))
        {
            return InvalidArgument;
        }

        bool shared = (attributes & EncryptedAttribute) == 0;
        return pages.Convert(gpa, pageCount * GuestMemory.PageSize, shared) == MapGpaOutcome.Refused ? InvalidArgument : Done;
    }
}
