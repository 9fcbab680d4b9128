using System.Text;

namespace Vmm.Host.Cli;

/// <summary>Columns for people: a line of headings, and each column as wide as its widest cell.</summary>
internal sealed class TextTable(params string[] headings)
{
    private const string Gap = "   ";

    private readonly List<string[]> _rows = [headings];

    /// <summary>Adds a line.</summary>
    public void Add(params string[] cells) => _rows.Add(cells);

    /// <inheritdoc/>
    public override string ToString()
    {
        int[] widths = [.. Enumerable.Range(0, headings.Length).Select(column => _rows.Max(row => row[column].Length))];
        StringBuilder text = new();
        foreach (string[] row in _rows)
        {
            text.AppendLine(string.Join(Gap, row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }

        return text.ToString().TrimEnd();
    }
}
