"""What the sub-commands of ``okienko`` do: one module per group, imported only when it is asked for."""
