using System.Security.Cryptography;
using System.Text;

namespace Vmm.Tdx.Tests.Attestation.Measurement;

/// <summary>A second implementation of MRTD, from the definition of the stream and nothing else: all of it in memory, hashed in one go.</summary>
internal sealed class ReferenceMrTd
{
    private readonly List<byte> _stream = [];

    public void AddPage(ulong gpa, byte[]? content)
    {
        Record("MEM.PAGE.ADD", gpa);
        for (int chunk = 0; content is not null && chunk < 16; chunk++)
        {
            Record("MR.EXTEND", gpa + (ulong)(chunk * 256));
            _stream.AddRange(content[(chunk * 256)..((chunk + 1) * 256)]);
        }
    }

    public byte[] Finish() => SHA384.HashData(_stream.ToArray());

    private void Record(string operation, ulong gpa)
    {
        byte[] record = new byte[128];
        Encoding.ASCII.GetBytes(operation).CopyTo(record, 0);
        BitConverter.GetBytes(gpa).CopyTo(record, 16);
        _stream.AddRange(record);
    }
}
