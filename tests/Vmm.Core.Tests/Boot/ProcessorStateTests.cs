using Vmm.Core.Boot;
using Vmm.Core.Boot.LongMode;

namespace Vmm.Core.Tests.Boot;

public sealed class ProcessorStateTests : IDisposable
{
    private readonly BootTestMachine _machine = new();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void BootProcessor_Registers_AreThoseOfThe64BitProtocol()
    {
        BootedKernel kernel = _machine.Boot(TestElf.Small());
        ProcessorState state = kernel.BootProcessor;

        Assert.Equal(0x20_0000u, state.Rip);
        Assert.Equal(2u, state.Rflags);
        Assert.Equal(0x8005_0033u, state.Cr0);
        Assert.Equal(0x660u, state.Cr4);
        Assert.Equal(0xD00u, state.Efer);
        Assert.True(_machine.Memory.IsRam(state.Rsp - 8, 8));
    }

    [Fact]
    public void IdentityMap_First4GiB_MapsEveryAddressToItself()
    {
        ulong root = _machine.Boot(TestElf.Small()).BootProcessor.Cr3;

        foreach (ulong address in (ulong[])[0, 0x7000, 0x1F_FFFF, 0x20_0000, 0x4000_0000, 0xFEC0_0000, 0xFFFF_FFFF])
        {
            Assert.Equal(address, Translate(root, address));
        }

        Assert.Null(Translate(root, 0x1_0000_0000));
        Assert.Null(Translate(root, 0xFFFF_FFFF_8000_0000));
    }

    [Fact]
    public void Gdt_Descriptors_AgreeWithTheSegments()
    {
        ProcessorState state = _machine.Boot(TestElf.Small()).BootProcessor;

        // boot.rst: __BOOT_CS(0x10) is a flat 4 GiB segment with execute/read permission, __BOOT_DS(0x18) one with read/write permission.
        Assert.Equal(0x10, state.Code.Selector);
        Assert.Equal(0x18, state.Data.Selector);
        Assert.Equal(0x00AF_9B00_0000_FFFFu, _machine.U64(state.GdtBase + state.Code.Selector));
        Assert.Equal(0x00CF_9300_0000_FFFFu, _machine.U64(state.GdtBase + state.Data.Selector));
        Assert.Equal((4 * 8) - 1, state.GdtLimit);
    }

    [Fact]
    public void ApplicationProcessor_Tables_AreInReservedMemory()
    {
        BootedKernel kernel = _machine.Boot(TestElf.Small());

        foreach (ulong address in (ulong[])[kernel.ApplicationProcessor.Cr3, kernel.ApplicationProcessor.GdtBase])
        {
            Assert.DoesNotContain(
                kernel.Layout.E820,
                entry => entry.Type is Core.Boot.Layout.E820Type.Ram && address >= entry.Address && address - entry.Address < entry.Size);
        }
    }

    private ulong? Translate(ulong root, ulong address)
    {
        const ulong AddressMask = 0x000F_FFFF_FFFF_F000;
        ulong table = root;
        foreach (int shift in (int[])[39, 30, 21])
        {
            ulong entry = _machine.U64(table + (((address >> shift) & 0x1FF) * 8));
            if ((entry & 3) != 3)
            {
                return null;
            }

            if ((entry & 0x80) != 0)
            {
                ulong offset = (1UL << shift) - 1;
                return (entry & AddressMask & ~offset) | (address & offset);
            }

            table = entry & AddressMask;
        }

        return null;
    }
}
