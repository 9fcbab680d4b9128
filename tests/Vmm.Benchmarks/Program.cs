using Vmm.Benchmarks;
using Vmm.Benchmarks.Calls;
using Vmm.Benchmarks.Control;
using Vmm.Benchmarks.Exits;
using Vmm.Benchmarks.Interrupts;

try
{
    switch (args)
    {
        case ["calls"]:
            CallReport.Print();
            return 0;
        case ["exit"]:
            await ExitReport.PrintAsync();
            return 0;
        case ["interrupts"]:
            InterruptReport.Print();
            return 0;
        case ["control", { } vmm]:
            await ControlReport.PrintAsync(vmm);
            return 0;
        default:
            Console.Error.WriteLine("usage: dotnet run -c Release --project tests/Vmm.Benchmarks -- calls | exit | interrupts | control VMM");
            return 64;
    }
}
catch (BenchmarkException e)
{
    Console.Error.WriteLine($"benchmark: {e.Message}");
    return 1;
}
