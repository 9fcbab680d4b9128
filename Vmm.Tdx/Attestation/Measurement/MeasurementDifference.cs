using Vmm.Core.Memory;

namespace Vmm.Tdx.Attestation.Measurement;

/// <summary>Where two measurement logs part.</summary>
/// <param name="Index">Number of the record, from 0.</param>
/// <param name="First">The record of the first log; null when that has ended.</param>
/// <param name="Second">The record of the second log; null when that has ended.</param>
public sealed record MeasurementDifference(int Index, MeasurementRecord? First, MeasurementRecord? Second)
{
    /// <summary>Finds the first record that differs.</summary>
    /// <returns>Null when all are alike.</returns>
    public static MeasurementDifference? Find(MeasurementLog first, MeasurementLog second)
    {
        for (int i = 0; i < Math.Max(first.Records.Count, second.Records.Count); i++)
        {
            MeasurementRecord? a = first.Records.ElementAtOrDefault(i);
            MeasurementRecord? b = second.Records.ElementAtOrDefault(i);
            if (a != b)
            {
                return new MeasurementDifference(i, a, b);
            }
        }

        return null;
    }

    /// <summary>Why they differ, in words.</summary>
    public string Explain()
    {
        if (First is null || Second is null)
        {
            MeasurementRecord more = (First ?? Second)!;
            return $"only the {(First is null ? "second" : "first")} has {Name(more)}";
        }

        return First.Register != Second.Register || Kind(First) != Kind(Second) ? $"the first measures {Name(First)}, the second {Name(Second)}"
            : First.Pages != Second.Pages ? $"{Name(First)} lies at {Place(First.Pages)} in the first, at {Place(Second.Pages)} in the second"
            : First.What != Second.What ? $"the first has \"{First.What}\", the second \"{Second.What}\""
            : First.Event != Second.Event ? $"{Name(First)} is a {First.Event} event in the first, a {Second.Event} event in the second"
            : $"the contents of {Name(First)} differ: SHA-384 {First.Digest ?? "not measured"} in the first, {Second.Digest ?? "not measured"} in the second{Hint(First)}";
    }

    private static string Hint(MeasurementRecord record) => record.What switch
    {
        "boot_params" => "; they hold the memory map and where initrd and command line lie: compare memory size, initrd size and kernel",
        "ACPI DATA" => "; compare the number of processors and the devices",
        "kernel" when record.Register == MeasurementRegister.Rtmr1 => "; the kernel file is another one",
        "initrd" => "; the initrd file is another one",
        _ => "",
    };

    private static string Name(MeasurementRecord record) => $"\"{Kind(record)}\" ({record.Register.ToString().ToUpperInvariant()})";

    // An event's text may carry what is measured behind a colon.
    private static string Kind(MeasurementRecord record) => record.What.Split(':')[0];

    private static string Place(MemoryRange? pages) => pages is { } range ? $"{range} ({range.Size >> 12} pages)" : "no address";
}
