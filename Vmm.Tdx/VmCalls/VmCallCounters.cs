using Vmm.Tdx.Abi;

namespace Vmm.Tdx.VmCalls;

/// <summary>
/// How often a vCPU made which TDVMCALL, by answer. Written by its own thread only; readers see each count whole, if a little late.
/// </summary>
public sealed class VmCallCounters
{
    private const ulong ErrorBit = 1UL << 63;
    private const int FirstError = 2;
    private const int Others = 6;
    private const int Answers = Others + 1;

    private readonly long[] _counts = new long[VmCallFunction.Slots * Answers];

    /// <summary>All counts that are not 0.</summary>
    public IEnumerable<VmCallCount> All()
    {
        for (int i = 0; i < _counts.Length; i++)
        {
            long count = Volatile.Read(ref _counts[i]);
            if (count != 0)
            {
                yield return new VmCallCount(VmCallFunction.NameOfSlot(i / Answers), NameOfAnswer(i % Answers), count);
            }
        }
    }

    internal void Add(VmCallFunction function, ulong answer) => _counts[(function.Slot * Answers) + (function.IsVendor ? OfVendor(answer) : Of(answer))]++;

    // The vendor's errors are negative numbers.
    private static int OfVendor(ulong answer) => (long)answer < 0 ? Others : (int)VmCallStatus.Success;

    private static int Of(ulong answer) => answer < FirstError ? (int)answer
        : answer - ErrorBit < Others - FirstError ? FirstError + (int)(answer - ErrorBit)
        : Others;

    private static string NameOfAnswer(int answer) => answer switch
    {
        Others => "ERROR",
        < FirstError => SpecNames.Of((VmCallStatus)answer),
        _ => SpecNames.Of((VmCallStatus)(ErrorBit + (ulong)(answer - FirstError))),
    };
}
