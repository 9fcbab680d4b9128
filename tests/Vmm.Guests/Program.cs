using Vmm.Guests;

if (args is not [string folder])
{
    Console.Error.WriteLine("usage: Vmm.Guests FOLDER    writes the guest programs there, as ELF images");
    return 64;
}

Directory.CreateDirectory(folder);
File.WriteAllBytes(Path.Combine(folder, "hello-td.elf"), ElfImage.Create(HelloTd.Assemble()));
File.WriteAllBytes(Path.Combine(folder, "port-monitor.elf"), ElfImage.Create(PortMonitor.Assemble()));
File.WriteAllBytes(Path.Combine(folder, "idle-td.elf"), ElfImage.Create(IdleTd.Assemble()));
return 0;
