using Vmm.Host.Consoles;
using Vmm.Host.Running;
using Vmm.Tdx.Tracing;

namespace Vmm.Host.Control.Serving;

/// <summary>What the control API of one machine reaches.</summary>
/// <param name="Run">The run.</param>
/// <param name="Plan">The machine as it was planned.</param>
/// <param name="Console">Its console.</param>
/// <param name="Log">All it printed; null when that is not kept.</param>
/// <param name="Tracer">Sees the TD's calls; null for an ordinary guest.</param>
/// <param name="Statistics">What its lives count.</param>
/// <param name="Services">What all its lives have.</param>
internal sealed record ControlledRun(MachineRun Run, MachinePlan Plan, ConsoleHub Console, ConsoleLog? Log, TdTracer? Tracer, RunStatistics Statistics, IServiceProvider Services);
