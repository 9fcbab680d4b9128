using System.Globalization;

namespace Vmm.Core.Buses;

/// <summary>Finds every reason why devices cannot share buses.</summary>
internal static class BusConflicts
{
    public static IEnumerable<BusConflict> InNames(IEnumerable<AttachedDevice> devices) => devices
        .GroupBy(attached => attached.Device.Name, StringComparer.Ordinal)
        .Where(same => same.Count() > 1)
        .Select(same => new BusConflict(BusConflictKind.DuplicateName, same.Key, same.Key, $"{same.Count()} devices are named '{same.Key}'"));

    public static IEnumerable<BusConflict> InPorts(IEnumerable<PortMapping> mappings) => InRanges(
        mappings.Select(mapping => new Claim(
            mapping.Attached.Device.Name,
            mapping.Range.First,
            mapping.Range.First + (Int128)mapping.Range.Count - 1,
            mapping.Range.Name,
            mapping.Range.ToString(),
            mapping.Range.Count > 1)),
        ushort.MaxValue);

    public static IEnumerable<BusConflict> InMmio(IEnumerable<(Device Device, MmioRange Range)> ranges) => InRanges(
        ranges.Select(one => new Claim(
            one.Device.Name,
            one.Range.First,
            one.Range.First + (Int128)one.Range.Size - 1,
            one.Range.Name,
            one.Range.ToString(),
            Plural: false)),
        ulong.MaxValue);

    private static IEnumerable<BusConflict> InRanges(IEnumerable<Claim> all, ulong end)
    {
        ILookup<bool, Claim> byValidity = all.ToLookup(claim => claim.First <= claim.Last && claim.Last <= end);
        return byValidity[false].Select(claim => Invalid(claim, end)).Concat(Overlaps([.. byValidity[true].OrderBy(claim => claim.First)]));
    }

    private static BusConflict Invalid(Claim claim, ulong end)
    {
        string reason = claim.First > claim.Last ? "is empty" : $"reaches beyond 0x{end:x}";
        string message = $"range '{claim.Name}' of '{claim.Device}', starting at 0x{claim.First.ToString("x", CultureInfo.InvariantCulture)}, {reason}";
        return new BusConflict(BusConflictKind.InvalidRange, claim.Device, null, message);
    }

    private static IEnumerable<BusConflict> Overlaps(IReadOnlyList<Claim> byAddress)
    {
        for (int i = 0; i < byAddress.Count; i++)
        {
            Claim one = byAddress[i];
            for (int j = i + 1; j < byAddress.Count && byAddress[j].First <= one.Last; j++)
            {
                Claim two = byAddress[j];
                string message = $"{one.Text} of '{one.Device}' {(one.Plural ? "overlap" : "overlaps")} {two.Text} of '{two.Device}'";
                yield return new BusConflict(BusConflictKind.Overlap, one.Device, two.Device, message);
            }
        }
    }

    /// <summary>One range of either bus; wide enough to hold the end of an invalid one.</summary>
    private readonly record struct Claim(string Device, Int128 First, Int128 Last, string Name, string Text, bool Plural);
}
