using Iced.Intel;
using Vmm.Core.Boot.Layout;
using static Iced.Intel.AssemblerRegisters;

namespace Vmm.Integration.Tests.Harness;

/// <summary>The guest's side of the wake-up mailbox (ACPI 6.5, 5.2.12.19).</summary>
internal static class Mailbox
{
    private const int CommandOffset = 0;
    private const int ApicIdOffset = 4;
    private const int VectorOffset = 8;
    private const int Wakeup = 1;

    /// <summary>Has another vCPU begin somewhere, and waits until it has been called. Uses RAX and RBX.</summary>
    public static void Start(TestProgram p, int apicId, Label entry)
    {
        Label wait = p.CreateLabel();
        p.mov(rbx, MemoryLayout.Mailbox.Gpa);
        p.mov(__dword_ptr[rbx + ApicIdOffset], apicId);
        p.lea(rax, __[entry]);
        p.mov(__qword_ptr[rbx + VectorOffset], rax);
        p.mov(__word_ptr[rbx + CommandOffset], Wakeup);
        p.Label(ref wait);
        p.pause();
        p.cmp(__word_ptr[rbx + CommandOffset], 0);
        p.jne(wait);
    }
}
