using Vmm.Host.Cli;
using Vmm.Host.Running;

return new CommandLine(new MachineRunner(), Console.Out, Console.Error).Run(args);
