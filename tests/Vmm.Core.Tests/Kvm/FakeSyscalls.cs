using Vmm.Core.Kvm;

namespace Vmm.Core.Tests.Kvm;

/// <summary>A kernel of which a test decides every answer.</summary>
internal sealed class FakeSyscalls : IKvmSyscalls
{
    public const int File = 77;

    public int OpenResult { get; init; } = File;

    public nint MapResult { get; init; } = -12;

    public Func<uint, nint, int> Answer { get; init; } = (_, _) => 12;

    public List<int> Closed { get; } = [];

    public List<nint> Unmapped { get; } = [];

    public int Open(string path) => OpenResult;

    public int Ioctl(int file, uint request, nint argument) => Answer(request, argument);

    public int Run(int vcpu) => 0;

    public nint Map(int vcpu, int size) => MapResult;

    public void Unmap(nint address, int size) => Unmapped.Add(address);

    public int PunchHole(int file, ulong offset, ulong size) => throw new NotSupportedException();

    public void Close(int file) => Closed.Add(file);
}
