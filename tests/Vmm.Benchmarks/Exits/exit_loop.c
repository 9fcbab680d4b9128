/* The least that serves a TDCALL trapped as OUT: KVM_RUN, a look at the exit, results and RIP in the shared page. */
#include <errno.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <sys/ioctl.h>

/* Serves exits; returns how many. Fewer than asked for: a signal came, or the guest did something else. */
int serve(int vcpu, struct kvm_run *run, int exits, uint16_t port, uint64_t next)
{
    for (int i = 0; i < exits; i++) {
        if (ioctl(vcpu, KVM_RUN, 0) < 0 || run->exit_reason != KVM_EXIT_IO || run->io.port != port)
            return i;
        run->s.regs.regs.rax = 0;
        run->s.regs.regs.r10 = 0;
        run->s.regs.regs.rip = next;
        run->kvm_dirty_regs = KVM_SYNC_X86_REGS;
    }
    return exits;
}
