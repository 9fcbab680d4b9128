using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Vmm.Devices.Tests.TestKit.Network;

/// <summary>A network namespace with a tap in it, for as long as a test runs: nothing of it can be seen from outside.</summary>
internal static partial class TapNetwork
{
    public const string Tap = "tap0", HostAddress = "198.18.0.1", GuestAddress = "198.18.0.2", GuestMac = "52:54:00:12:34:56";

    private const int NewNetwork = 0x4000_0000;

    /// <summary>Why there cannot be one here; null if there can.</summary>
    public static string? Obstacle { get; } = FindObstacle();

    /// <summary>Runs a test on a thread that is in a namespace of its own; so is every socket it opens.</summary>
    /// <param name="test">The test.</param>
    /// <param name="tapOptions">More words for <c>ip tuntap add</c>.</param>
    public static void Run(Action test, string tapOptions = "")
    {
        Exception? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                Enter();
                Ip($"tuntap add {Tap} mode tap {tapOptions}");
                Ip($"addr add {HostAddress}/24 dev {Tap}");
                Ip($"link set {Tap} up");
                Ip($"neigh add {GuestAddress} lladdr {GuestMac} dev {Tap}");
                test();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Waits until the host's side has seen that the tap is open: until then it drops what it should send.</summary>
    public static void WaitForLink() =>
        Assert.True(SpinWait.SpinUntil(() => Ip($"-o link show {Tap}").Contains("state UP", StringComparison.Ordinal), 10_000), "the tap does not come up");

    /// <summary>Runs the command <c>ip</c> in the namespace.</summary>
    /// <returns>What it says.</returns>
    public static string Ip(string arguments)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {arguments}: {errors}");
        return output;
    }

    private static void Enter() => Assert.Equal(0, unshare(NewNetwork));

    private static string? FindObstacle()
    {
        string? obstacle = null;
        Thread thread = new(() =>
        {
            try
            {
                File.OpenHandle("/dev/net/tun", FileMode.Open, FileAccess.ReadWrite).Dispose();
                if (unshare(NewNetwork) != 0)
                {
                    obstacle = $"needs a network namespace: {Marshal.GetLastPInvokeErrorMessage()}";
                    return;
                }

                Ip($"tuntap add {Tap} mode tap");
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or Win32Exception or Xunit.Sdk.XunitException)
            {
                obstacle = $"needs a tap: {exception.Message}";
            }
        });
        thread.Start();
        thread.Join();
        return obstacle;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);
}
