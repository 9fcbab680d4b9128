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
            (ulong)Math.Max(0, mapping.Range.Count),
            mapping.Range.Name,
            mapping.Range.ToString(),
            mapping.Range.Count > 1)),
        ushort.MaxValue);

    public static IEnumerable<BusConflict> InMmio(IEnumerable<Device> devices) => InRanges(
        devices.SelectMany(device => DeviceBuses.RangesOf(device).Select(range => new Claim(
            device.Name,
            range.First,
            range.Size,
            range.Name,
            range.ToString(),
            Plural: false))),
        ulong.MaxValue);

    private static List<BusConflict> InRanges(IEnumerable<Claim> all, ulong end)
    {
        List<BusConflict> conflicts = [];
        List<Claim> byAddress = [];
        foreach (Claim claim in all)
        {
            if (claim.Size > 0 && claim.First <= end && claim.Size - 1 <= end - claim.First)
            {
                Insert(byAddress, claim);
            }
            else
            {
                conflicts.Add(Invalid(claim, end));
            }
        }

        conflicts.AddRange(Overlaps(byAddress));
        return conflicts;
    }

    // Behind those that start at the same address: they came first.
    private static void Insert(List<Claim> byAddress, Claim claim)
    {
        int at = byAddress.Count;
        while (at > 0 && byAddress[at - 1].First > claim.First)
        {
            at--;
        }

        byAddress.Insert(at, claim);
    }

    private static BusConflict Invalid(Claim claim, ulong end)
    {
        string reason = claim.Size == 0 ? "is empty" : $"reaches beyond 0x{end:x}";
        string message = $"range '{claim.Name}' of '{claim.Device}', starting at 0x{claim.First.ToString("x", CultureInfo.InvariantCulture)}, {reason}";
        return new BusConflict(BusConflictKind.InvalidRange, claim.Device, null, message);
    }

    private static IEnumerable<BusConflict> Overlaps(List<Claim> byAddress)
    {
        for (int i = 0; i < byAddress.Count; i++)
        {
            Claim one = byAddress[i];
            for (int j = i + 1; j < byAddress.Count && byAddress[j].First <= one.First + (one.Size - 1); j++)
            {
                Claim two = byAddress[j];
                string message = $"{one.Text} of '{one.Device}' {(one.Plural ? "overlap" : "overlaps")} {two.Text} of '{two.Device}'";
                yield return new BusConflict(BusConflictKind.Overlap, one.Device, two.Device, message);
            }
        }
    }

    /// <summary>One range of either bus.</summary>
    private sealed record Claim(string Device, ulong First, ulong Size, string Name, string Text, bool Plural);
}
