using Vmm.Host.Cli;
using Vmm.Host.Running;
using Vmm.Host.Terminal;

return new CommandLine(new MachineRunner(), StandardStreams.OpenOutput(), StandardStreams.OpenErrors()).Run(args);
