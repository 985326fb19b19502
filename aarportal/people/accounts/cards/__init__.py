"""Login cards for small children: a QR code and three pictures."""
