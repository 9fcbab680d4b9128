using Vmm.Core.Exits;
using Vmm.Core.Kvm.Layout;
using Vmm.Core.Memory;
using Xunit;

namespace Vmm.Core.Tests.Exits;

// Paging is off, so that linear addresses are physical ones; the guest has its first megabyte and no more.
public sealed class MemoryAccessFinderTests : IDisposable
{
    private const ulong Code = 0x1000;
    private const uint Nowhere = 0xC000_0000;
    private const ulong MemorySize = 1 << 20;

    private static readonly byte[] StoreAx = [0x66, 0x89, 0x03]; // mov [ebx], ax
    private static readonly byte[] LoadEax = [0x8B, 0x43, 0x10]; // mov eax, [ebx+0x10]
    private static readonly byte[] StoreIndexed = [0xC7, 0x44, 0x8B, 0x04, 0x2A, 0, 0, 0]; // mov dword [ebx+ecx*4+4], 42

    private readonly GuestMemory _memory = GuestMemory.CreateOrdinary(new MemoryRange(0, MemorySize));
    private readonly MemoryAccessFinder _finder;
    private readonly KvmSregs _sregs = With32BitCode();

    public MemoryAccessFinderTests() => _finder = new MemoryAccessFinder(_memory);

    public void Dispose() => _memory.Dispose();

    [Fact]
    public void FindForbidden_Store_IsAWriteOfItsSize()
    {
        Assert.Equal(new MemoryAccess(MemoryAccessKind.Write, Nowhere, Nowhere, sizeof(ushort)), Find(StoreAx));
    }

    [Fact]
    public void FindForbidden_Load_IsAReadAtTheDisplacement()
    {
        Assert.Equal(new MemoryAccess(MemoryAccessKind.Read, Nowhere + 0x10, Nowhere + 0x10, sizeof(uint)), Find(LoadEax));
    }

    [Fact]
    public void FindForbidden_IndexedStore_AddsBaseIndexAndDisplacement()
    {
        MemoryAccess expected = new(MemoryAccessKind.Write, Nowhere + (3 * 4) + 4, Nowhere + (3 * 4) + 4, sizeof(uint));

        Assert.Equal(expected, Find(StoreIndexed, index: 3));
    }

    [Fact]
    public void FindForbidden_AddressBeyondTheWidthOfTheCode_WrapsAround()
    {
        Assert.Null(Find(LoadEax, at: 0xFFFF_FFF8)); // 8 bytes into the first page
    }

    [Fact]
    public void FindForbidden_ReachableMemory_IsNull()
    {
        Assert.Null(Find(StoreAx, at: 0x2000));
    }

    [Fact]
    public void FindForbidden_NoInstruction_IsNull()
    {
        Assert.Null(Find([0x0F, 0xFF, 0xFF, 0x0F, 0x04])); // reserved opcodes
    }

    [Fact]
    public void FindForbidden_RipOutsideMemory_IsAFetch()
    {
        KvmRegs registers = new() { Rip = Nowhere };

        Assert.Equal(MemoryAccessKind.Fetch, _finder.FindForbidden(in registers, in _sregs)?.Kind);
    }

    [Fact]
    public void FindForbidden_SameInstructionWithOtherRegisters_GoesByTheRegisters()
    {
        Find(StoreAx);

        Assert.Equal(Nowhere + 0x500UL, Find(StoreAx, at: Nowhere + 0x500)?.Linear);
    }

    [Fact]
    public void FindForbidden_CodeChangedInPlace_GoesByTheNewCode()
    {
        Find(StoreAx);

        Assert.Equal(MemoryAccessKind.Read, Find(LoadEax)?.Kind);
    }

    [Fact]
    public void FindForbidden_SameBytesInCodeOfAnotherWidth_AreDecodedAnew()
    {
        Find(StoreAx);
        KvmSregs sregs = _sregs;
        sregs.Cs.Db = 0; // 66 89 03 is mov [bp+di], eax there
        KvmRegs registers = new() { Rip = Code, Rbx = Nowhere, Rbp = 0x8000, Rdi = 0x100 };

        Assert.Null(_finder.FindForbidden(in registers, in sregs));
    }

    [Fact]
    public void FindForbidden_InstructionsSeenBefore_AllocateNothing()
    {
        Find(StoreAx);
        long before = GC.GetAllocatedBytesForCurrentThread();

        for (int i = 0; i < 1000; i++)
        {
            Find(StoreAx);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static KvmSregs With32BitCode()
    {
        KvmSregs sregs = default;
        sregs.Cs.Db = 1;
        return sregs;
    }

    private MemoryAccess? Find(byte[] code, uint at = Nowhere, ulong index = 0)
    {
        _memory.Write(Code, code);
        KvmRegs registers = new() { Rip = Code, Rbx = at, Rcx = index };
        return _finder.FindForbidden(in registers, in _sregs);
    }
}
