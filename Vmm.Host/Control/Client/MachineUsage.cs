using System.Globalization;
using System.Text.Json;
using Vmm.Host.Cli;

namespace Vmm.Host.Control.Client;

/// <summary>What a machine does.</summary>
/// <param name="Name">The machine.</param>
/// <param name="Cpu">Processor time of its vCPUs, in percent of one processor.</param>
/// <param name="Exits">Exits a second.</param>
/// <param name="VmCalls">TDVMCALLs a second.</param>
/// <param name="GuestMemory">RAM of the guest, in bytes.</param>
/// <param name="ResidentMemory">Memory of its process that is in use, in bytes, the guest's included.</param>
internal sealed record MachineUsage(string Name, double Cpu, double Exits, double VmCalls, long GuestMemory, long ResidentMemory)
{
    private const int MebiShift = 20;

    private static readonly JsonSerializerOptions Options = new() { PropertyNamingPolicy = JsonNamingPolicy.CamelCase, WriteIndented = true };

    /// <summary>For people.</summary>
    public static string Table(IEnumerable<MachineUsage> machines)
    {
        TextTable table = new("NAME", "CPU %", "EXITS/S", "TDVMCALLS/S", "MEMORY", "RESIDENT");
        foreach (MachineUsage machine in machines)
        {
            table.Add(
                machine.Name,
                machine.Cpu.ToString("0.0", CultureInfo.InvariantCulture),
                machine.Exits.ToString("0", CultureInfo.InvariantCulture),
                machine.VmCalls.ToString("0", CultureInfo.InvariantCulture),
                $"{machine.GuestMemory >> MebiShift} MiB",
                $"{machine.ResidentMemory >> MebiShift} MiB");
        }

        return table.ToString();
    }

    /// <summary>For programs.</summary>
    public static string Json(IEnumerable<MachineUsage> machines) => JsonSerializer.Serialize(machines, Options);
}
