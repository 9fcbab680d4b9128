using System.IO.Pipelines;

namespace Vmm.Host.Consoles;

/// <summary>A reader that cannot be completed: the pipe behind it outlives the device that reads.</summary>
internal sealed class KeptReader(PipeReader reader) : PipeReader
{
    public override void AdvanceTo(SequencePosition consumed) => reader.AdvanceTo(consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => reader.AdvanceTo(consumed, examined);

    public override void CancelPendingRead() => reader.CancelPendingRead();

    public override void Complete(Exception? exception = null)
    {
    }

    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) => reader.ReadAsync(cancellationToken);

    public override bool TryRead(out ReadResult result) => reader.TryRead(out result);
}
