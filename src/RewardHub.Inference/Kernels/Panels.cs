namespace RewardHub.Inference.Kernels;

/// <summary>Rows times panels: tiles of the largest shape, smaller ones at the edges.</summary>
internal static unsafe class Panels
{
    /// <summary>Most floats of a tile row at any vector width.</summary>
    private const int WidestTile = 64;

    /// <summary>
    /// Computes <c>y[r, j] = initial[r, j] + Σ_k x[r, k] · panels[k, j]</c> as <see cref="Tile"/> does.
    /// </summary>
    /// <param name="x">First of the rows.</param>
    /// <param name="xStride">Floats between rows of x.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="panels">Panels of TVectors vectors by depth, one after the other.</param>
    /// <param name="depth">Number of products in a sum.</param>
    /// <param name="columns">Columns of all panels together; the last panel may be partly used.</param>
    /// <param name="initial">What is added to, or null; may be y.</param>
    /// <param name="initialStride">Floats between rows of initial; 0 repeats one row.</param>
    /// <param name="y">Output.</param>
    /// <param name="yStride">Floats between rows of y.</param>
    internal static void Multiply<TLanes, TVectors>(
        float* x, nint xStride, int rows, float* panels, int depth, int columns, float* initial, nint initialStride, float* y, nint yStride)
        where TLanes : struct, ILanes<TLanes>
        where TVectors : struct, ICount
    {
        int width = TVectors.Value * TLanes.Count;
        float* buffer = stackalloc float[Tile.Rows * WidestTile];
        int tiles = (rows + Tile.Rows - 1) / Tile.Rows;
        for (int row = 0, height; row < rows; row += height, tiles--)
        {
            // Rows are spread evenly: 8 are 4 and 4, which run faster than 6 and 2.
            height = (rows - row + tiles - 1) / tiles;
            float* from = x + (row * xStride);
            for (int column = 0; column < columns; column += width)
            {
                float* panel = panels + ((nint)column * depth);
                float* add = initial is null ? null : initial + (row * initialStride) + column;
                float* to = y + (row * yStride) + column;
                int used = Math.Min(width, columns - column);
                int vectors = (used + TLanes.Count - 1) / TLanes.Count;
                if (used == vectors * TLanes.Count)
                {
                    Shaped<TLanes>(height, vectors, from, xStride, panel, width, depth, add, initialStride, to, yStride);
                    continue;
                }

                Shaped<TLanes>(height, vectors, from, xStride, panel, width, depth, null, 0, buffer, WidestTile);
                for (int r = 0; r < height; r++)
                {
                    for (int j = 0; j < used; j++)
                    {
                        float sum = buffer[(r * WidestTile) + j];
                        to[(r * yStride) + j] = add is null ? sum : add[(r * initialStride) + j] + sum;
                    }
                }
            }
        }
    }

    private static void Shaped<TLanes>(
        int height, int vectors, float* x, nint xStride, float* panel, nint width, nint depth, float* initial, nint initialStride, float* y, nint yStride)
        where TLanes : struct, ILanes<TLanes>
    {
        switch (vectors)
        {
            case 1:
                Shaped<TLanes, One>(height, x, xStride, panel, width, depth, initial, initialStride, y, yStride);
                break;
            case 2:
                Shaped<TLanes, Two>(height, x, xStride, panel, width, depth, initial, initialStride, y, yStride);
                break;
            case 3:
                Shaped<TLanes, Three>(height, x, xStride, panel, width, depth, initial, initialStride, y, yStride);
                break;
            default:
                Shaped<TLanes, Four>(height, x, xStride, panel, width, depth, initial, initialStride, y, yStride);
                break;
        }
    }

    private static void Shaped<TLanes, TVectors>(
        int height, float* x, nint xStride, float* panel, nint width, nint depth, float* initial, nint initialStride, float* y, nint yStride)
        where TLanes : struct, ILanes<TLanes>
        where TVectors : struct, ICount
    {
        switch (height)
        {
            case 1:
                Tile.Multiply<TLanes, One, TVectors>(x, xStride, panel, width, depth, initial, initialStride, y, yStride);
                break;
            case 2:
                Tile.Multiply<TLanes, Two, TVectors>(x, xStride, panel, width, depth, initial, initialStride, y, yStride);
                break;
            case 3:
                Tile.Multiply<TLanes, Three, TVectors>(x, xStride, panel, width, depth, initial, initialStride, y, yStride);
                break;
            case 4:
                Tile.Multiply<TLanes, Four, TVectors>(x, xStride, panel, width, depth, initial, initialStride, y, yStride);
                break;
            case 5:
                Tile.Multiply<TLanes, Five, TVectors>(x, xStride, panel, width, depth, initial, initialStride, y, yStride);
                break;
            default:
                Tile.Multiply<TLanes, Six, TVectors>(x, xStride, panel, width, depth, initial, initialStride, y, yStride);
                break;
        }
    }
}
