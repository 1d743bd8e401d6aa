"""What facts, procedures, signs and clinics are made of, and the list of sections."""
