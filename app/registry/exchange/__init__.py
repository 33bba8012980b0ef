"""The register in the words of others: HSDS documents and tables going out, files of other directories coming in."""
