using Vmm.Host.Configuration;
using Vmm.Host.Errors;
using Vmm.Tdx.Tracing;

namespace Vmm.Host.Cli;

/// <summary>Reads a filter of traces: topics joined by commas; one with <c>!</c> is left out, of all where it stands first.</summary>
internal static class TraceFilter
{
    private const char Not = '!';

    private static readonly string[] Known = [.. ConfigNames.All<TraceTopics>().Where(name => name != ConfigNames.Of(TraceTopics.None))];

    /// <summary>All topics, for people.</summary>
    internal static string Names { get; } = string.Join(", ", Known);

    /// <summary>Reads a list; null is all.</summary>
    /// <param name="list">The list.</param>
    /// <param name="option">Where it comes from, for the message.</param>
    /// <exception cref="UserErrorException">A topic does not exist.</exception>
    internal static TraceTopics Parse(string? list, string option = "--trace-filter")
    {
        if (list is null)
        {
            return TraceTopics.All;
        }

        TraceTopics topics = list.StartsWith(Not) ? TraceTopics.All : TraceTopics.None;
        foreach (string item in list.Split(',', StringSplitOptions.TrimEntries))
        {
            TraceTopics topic = Topic(item.TrimStart(Not), option);
            topics = item.StartsWith(Not) ? topics & ~topic : topics | topic;
        }

        return topics;
    }

    private static TraceTopics Topic(string name, string option) => Known.Contains(name, StringComparer.OrdinalIgnoreCase)
        ? Enum.Parse<TraceTopics>(name, ignoreCase: true)
        : throw new UserErrorException(ExitCode.Usage, $"{option}: there is no topic \"{name}\"{NearestName.Suggest(name, Known)}");
}
