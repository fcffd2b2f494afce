"""What happens at one machine: its feed, the model that runs there, its windows, its clock."""
