using Google.Protobuf.WellKnownTypes;
using Vmm.Host.Control.Api;
using Enum = System.Enum;

namespace Vmm.Host.Control.Client;

/// <summary>Machines and times in words.</summary>
internal static class MachineText
{
    private const int TwoOf = 2; // "120 seconds" tells more than "2 minutes" up to here

    private static readonly (double Seconds, string Unit)[] Units = [(86400, "days"), (3600, "hours"), (60, "minutes"), (1, "seconds")];

    /// <summary>Name of a state, e.g. <c>running</c>.</summary>
    public static string Of(State state) => state.ToString().ToLowerInvariant();

    /// <summary>All states that a machine can be in, by name.</summary>
    public static IReadOnlyDictionary<string, State> States { get; } =
        Enum.GetValues<State>().Where(state => state != State.Unspecified).ToDictionary(Of, StringComparer.OrdinalIgnoreCase);

    /// <summary>State with what belongs to it, e.g. <c>ended (0) 5 minutes ago</c>.</summary>
    public static string Status(Machine machine, DateTime now) => machine.State switch
    {
        State.Running or State.Paused when machine.StartedAt is { } since => $"{Of(machine.State)} {Ago(since, now)}",
        State.Ended or State.Restarting when machine.Exit is { } exit => $"{Of(machine.State)} ({exit.Code}) {Ago(exit.At, now)} ago",
        State.Broken => $"{Of(machine.State)}: {machine.Problem}",
        _ => Of(machine.State),
    };

    /// <summary>How long ago, e.g. <c>5 minutes</c>.</summary>
    public static string Ago(Timestamp? time, DateTime now)
    {
        if (time is null)
        {
            return "";
        }

        double seconds = Math.Max(0, (now - time.ToDateTime()).TotalSeconds);
        (double length, string unit) = Units.FirstOrDefault(one => seconds >= one.Seconds * TwoOf, Units[^1]);
        return $"{(long)(seconds / length)} {unit}";
    }

    /// <summary>A moment, in UTC, to the millisecond.</summary>
    public static string Moment(Timestamp time) => time.ToDateTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>How a machine is restarted, as <c>--restart</c> takes it.</summary>
    public static string Of(RestartPolicy? policy) => policy?.Mode switch
    {
        RestartPolicy.Types.Mode.Always => WithRetries("always", policy),
        RestartPolicy.Types.Mode.OnFailure => WithRetries("on-failure", policy),
        _ => "never",
    };

    private static string WithRetries(string mode, RestartPolicy policy) => policy.MaxRetries == 0 ? mode : $"{mode}:{policy.MaxRetries}";
}
